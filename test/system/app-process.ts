import { fileURLToPath } from 'node:url';
import { until } from '../support/until.ts';
import { ManagedProcess } from './managed-process.ts';
import type { Ended, ProcessOptions } from './managed-process.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** One process of the application, on a port that it keeps over restarts. */
export class AppProcess {
  readonly url: string;
  private readonly process: ManagedProcess;

  constructor(port: number, options: Omit<ProcessOptions, 'command'>) {
    this.url = `http://127.0.0.1:${port}`;
    const env = { HOST: '127.0.0.1', PORT: String(port), NODE_ENV: 'test', ...options.env };
    this.process = new ManagedProcess({ ...options, env, command: [process.execPath, main] });
  }

  get name(): string {
    return this.process.options.name;
  }

  get pid(): number {
    return this.process.pid;
  }

  get isRunning(): boolean {
    return this.process.isRunning;
  }

  /** @param env for this start alone, for example a crash point */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    this.process.start(env);
    await this.waitReady();
  }

  /** Starts without waiting: for a process that is expected to die while it boots. */
  launch(env: Readonly<Record<string, string>> = {}): void {
    this.process.start(env);
  }

  async restart(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.kill();
    await this.start(env);
  }

  async waitReady(timeoutMs = 60_000): Promise<void> {
    await until(
      `${this.name} to be ready`,
      async () => {
        if (!this.process.isRunning) throw new Error(`${this.name} ended while it started:\n${this.tail()}`);
        return (await this.probe('ready')) === 200;
      },
      timeoutMs,
    );
  }

  /** Status of a health route; 0 when nothing answers. */
  async probe(route: 'live' | 'ready'): Promise<number> {
    try {
      const answer = await fetch(`${this.url}/health/${route}`, { signal: AbortSignal.timeout(5_000) });
      await answer.body?.cancel();
      return answer.status;
    } catch {
      return 0;
    }
  }

  /** Resolves when it has killed itself. @throws Error when it ended in another way */
  async crashed(timeoutMs = 60_000): Promise<void> {
    const { code, signal } = await this.process.ended(timeoutMs);
    if (signal !== 'SIGKILL') throw new Error(`${this.name} ended with ${signal ?? code}:\n${this.tail()}`);
  }

  kill(): Promise<void> {
    return this.process.kill();
  }

  stop(timeoutMs?: number): Promise<Ended> {
    return this.process.stop(timeoutMs);
  }

  freeze(): void {
    this.process.freeze();
  }

  thaw(): void {
    this.process.thaw();
  }

  log(): string {
    return this.process.log();
  }

  /** The last lines of its log, without those that only say that all is well. */
  tail(lines = 40): string {
    const told = this.log()
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('{"level":"info"'));
    return told.slice(-lines).join('\n');
  }
}
