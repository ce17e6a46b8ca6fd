import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { until } from '../support/until.ts';

export interface ProcessOptions {
  /** For people: in messages and as the name of the log file. */
  readonly name: string;
  /** Program and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Everything that it writes is appended here. */
  readonly logFile: string;
  /** In a process group of its own: a Ctrl-C at the terminal reaches it only through us. */
  readonly isDetached?: boolean;
}

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const alive = new Set<ChildProcess>();

// Whatever becomes of the test: nothing that it started outlives it, a process that is stopped (SIGSTOP) neither.
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** A child process that can be killed, stopped, frozen, and started again with another environment. */
export class ManagedProcess {
  readonly options: ProcessOptions;
  private child: ChildProcess | undefined;
  private ending: Promise<Ended> | undefined;

  constructor(options: ProcessOptions) {
    this.options = options;
  }

  get pid(): number {
    if (!this.child?.pid) throw new Error(`${this.options.name} was not started`);
    return this.child.pid;
  }

  get isRunning(): boolean {
    return this.child !== undefined && alive.has(this.child);
  }

  /** @param env added to the environment for this start alone */
  start(env: Readonly<Record<string, string | undefined>> = {}): void {
    if (this.isRunning) throw new Error(`${this.options.name} runs already`);
    const [file, ...args] = this.options.command;
    const output = openSync(this.options.logFile, 'a');
    const child = spawn(file, args, {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...this.options.env, ...env },
      stdio: ['ignore', output, output],
      detached: this.options.isDetached ?? false,
    });
    closeSync(output);
    alive.add(child);
    this.child = child;
    this.ending = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        alive.delete(child);
        resolve({ code, signal });
      };
      child.once('exit', end).once('error', () => end(127, null));
    });
  }

  /** Resolves when the process has ended by itself. @throws Error when it hasn't in time */
  async ended(timeoutMs = 60_000): Promise<Ended> {
    await until(`the end of ${this.options.name}`, () => !this.isRunning, timeoutMs);
    return (await this.ending) ?? { code: null, signal: null };
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** As an operator would: asks it to end, and waits. */
  async stop(timeoutMs = 45_000): Promise<Ended> {
    return this.end('SIGTERM', timeoutMs);
  }

  /** The process gets no time until `thaw`, as if its machine were suspended. */
  freeze(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  thaw(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  log(): string {
    try {
      return readFileSync(this.options.logFile, 'utf8');
    } catch {
      return '';
    }
  }

  private async end(signal: NodeJS.Signals, timeoutMs = 10_000): Promise<Ended> {
    if (this.isRunning) process.kill(this.pid, signal);
    return this.ended(timeoutMs);
  }
}
