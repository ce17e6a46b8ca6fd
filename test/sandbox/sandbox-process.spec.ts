import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { request } from './support.ts';

const MAIN = fileURLToPath(new URL('../../sandbox/main.ts', import.meta.url));

type Started = {
  child: ChildProcess;
  output: () => { stdout: string; stderr: string };
  exit: Promise<number | null>;
};

function start(env: Record<string, string>): Started {
  const child = spawn(process.execPath, [MAIN], { env: { ...process.env, SANDBOX_PORT: '0', ...env } });
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (texts.stdout += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (texts.stderr += String(chunk)));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, output: () => texts, exit: once(child, 'close').then(([code]) => code as number | null) };
}

async function urlOf(started: Started): Promise<string> {
  const line = /^sandbox listening on (http:\/\/127\.0\.0\.1:\d+)\n$/;
  await expect.poll(() => started.output().stdout, { timeout: 15_000 }).toMatch(line);
  return line.exec(started.output().stdout)?.[1] ?? '';
}

describe('the sandbox process', () => {
  it('says one line when it listens, and SIGTERM ends it cleanly', { timeout: 30_000 }, async () => {
    const started = start({});
    const url = await urlOf(started);
    const { body } = await request('GET', `${url}/_sandbox`);
    expect(body).toMatchObject({ providers: { hubspot: { basePath: '/hubspot' } } });
    started.child.kill('SIGTERM');
    expect(await started.exit).toBe(0);
    expect(started.output().stderr).toBe('');
  });

  it('says one line on stderr and ends with 1 when the port is taken', { timeout: 30_000 }, async () => {
    const first = start({});
    const { port } = new URL(await urlOf(first));
    const second = start({ SANDBOX_PORT: port });
    expect(await second.exit).toBe(1);
    expect(second.output().stdout).toBe('');
    expect(second.output().stderr).toMatch(new RegExp(`^sandbox: port ${port} .* is in use.*\\n$`));
  });

  it('ends when the parent that it was told about is gone', { timeout: 30_000 }, async () => {
    const parent = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    onTestFinished(() => void parent.kill('SIGKILL'));
    const started = start({ SANDBOX_PARENT_PID: String(parent.pid) });
    await urlOf(started);
    parent.kill('SIGKILL');
    expect(await started.exit).toBe(0);
  });

  it('refuses a port that is no port', { timeout: 30_000 }, async () => {
    const started = start({ SANDBOX_PORT: 'http' });
    expect(await started.exit).toBe(1);
    expect(started.output().stderr).toContain('SANDBOX_PORT');
  });
});
