import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach } from 'vitest';

/** The sandbox in a process of its own, and its admin routes. */
export class SandboxProcess {
  url = '';
  private child: ChildProcess | undefined;

  async start(env: Record<string, string> = {}): Promise<void> {
    const child = spawn(process.execPath, ['sandbox/main.ts'], {
      env: { SANDBOX_PORT: '0', SANDBOX_XERO_RATE: '100000', SANDBOX_STRIPE_RATE: '100000', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child = child;
    for await (const line of createInterface({ input: child.stdout })) {
      const ready = /listening on (\S+)/.exec(line)?.[1];
      if (ready) {
        this.url = ready;
        return;
      }
    }
    throw new Error('the sandbox did not start');
  }

  async stop(): Promise<void> {
    const { child } = this;
    // One that a signal ended has no exit code.
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill();
    await gone;
  }

  /** Ends it as a machine that loses its power would. */
  async crash(): Promise<void> {
    const { child } = this;
    if (!child) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async admin(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${this.url}/_sandbox${path}`, {
      method,
      headers,
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : {}) as Record<string, unknown>;
  }

  /** The paths of one provider that were called, oldest first, without queries. */
  async paths(provider: string): Promise<string[]> {
    const { calls } = (await this.admin('GET', '/calls')) as { calls: { provider: string; path: string }[] };
    return calls
      .filter((call) => call.provider === provider)
      .map(({ path }) => path.replace(/\?.*/, ''))
      .reverse();
  }
}

/** Brings the sandbox up for a spec, and empties it before each test. */
export function withSandbox(): SandboxProcess {
  const sandbox = new SandboxProcess();
  beforeAll(() => sandbox.start());
  afterAll(() => sandbox.stop());
  beforeEach(async () => {
    await sandbox.admin('POST', '/reset');
  });
  return sandbox;
}
