import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../support/until.ts';

const script = fileURLToPath(new URL('../../scripts/demo.mjs', import.meta.url));
const options = { timeout: 150_000 };

interface Demo {
  readonly child: ChildProcess;
  readonly temp: string;
  output(): string;
  readonly code: Promise<number | null>;
}

/** A small demo whose temporary files lie in a folder of the test's own. */
function demo(env: Record<string, string> = {}, ...more: string[]): Demo {
  const temp = mkdtempSync(join(tmpdir(), 'demo-'));
  let output = '';
  const child = spawn(process.execPath, [script, '--count', '40', '--seed', '7', ...more], {
    env: { ...process.env, TMPDIR: temp, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  const code = new Promise<number | null>((resolve) => child.once('close', (status) => resolve(status)));
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await code;
    rmSync(temp, { recursive: true, force: true });
  });
  return { child, temp, output: () => output, code };
}

/** Waits for something that the demo does while it runs; shows what it wrote when it ends instead. */
async function during({ child, output }: Demo, what: string, condition: () => boolean): Promise<void> {
  const holds = (): boolean => {
    if (child.exitCode !== null) throw new Error(`the demo ended with ${child.exitCode}:\n${output()}`);
    return condition();
  };
  await until(what, holds, 90_000);
}

/** Processes that name the folder in their command line or environment (where the system shows them). */
function processesOf(folder: string): string[] {
  const ids = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return ids.filter(
    (id) => id !== String(process.pid) && ['cmdline', 'environ'].some((file) => tells(id, file, folder)),
  );
}

function tells(id: string, file: string, text: string): boolean {
  try {
    return readFileSync(`/proc/${id}/${file}`, 'utf8').includes(text);
  } catch {
    return false;
  }
}

/** The line of the proof's table that begins with a word. */
function counted(output: string, word: string): number {
  return Number(new RegExp(`^  ${word} +(\\d+) `, 'm').exec(output)?.[1]);
}

describe('the demo', () => {
  it('ends with 0 when every outcome is there exactly once, and leaves nothing behind', options, async () => {
    const { code, output, temp } = demo();
    expect(await code, output()).toBe(0);
    const text = output();
    for (const word of ['lost', 'duplicated', 'phantom', 'stuck']) expect(counted(text, word), text).toBe(0);
    expect(text).toContain('40 accepted submissions');
    expect(text).toContain('6 deals, 5 fields missing');
    expect(text).toMatch(/5 late customers, 7 invoices .* 5 mails in the mailbox/);
    expect(text).toContain('14 samples by 14 channels');
    expect(text).toMatch(/retry with CRM\.OUTCOME_UNKNOWN/);
    expect(text).toMatch(/effect on hubspot confirmed/);
    expect(readdirSync(temp)).toEqual([]);
  });

  it('ends with 1 and names the duplicates when duplicates are let in', options, async () => {
    const { code, output } = demo({ SIGNALBOX_BROKEN_GUARDS: 'dedupe' });
    expect(await code, output()).toBe(1);
    expect(counted(output(), 'duplicated')).toBe(10);
    expect(output()).toMatch(/duplicated: msg_7-\d+: 2 events, 2 runs, 2 effects/);
    expect(output()).toMatch(/WRONG: duplicates were answered 202, 202 instead of 202, 202 again/);
  });

  it('ends with 1 and names what was done once more by hand', options, async () => {
    const { code, output } = demo({}, '--plant');
    expect(await code, output()).toBe(1);
    expect(counted(output(), 'duplicated')).toBe(2);
    expect(output()).toMatch(/duplicated: accounts\.\d@example\.com: 2 reminders/);
    expect(output()).toMatch(/duplicated: deal \d+: 2 tasks for Close date/);
  });

  it('ends with 1 when the ledger does not keep what was done', options, async () => {
    const { code, output } = demo({ SIGNALBOX_BROKEN_GUARDS: 'ledger' });
    expect(await code, output()).toBe(1);
    expect(counted(output(), 'lost')).toBeGreaterThan(0);
  });

  it('ends everything and removes its data when it is interrupted', options, async () => {
    const running = demo();
    const { child, code, output, temp } = running;
    await during(running, 'the demo to be under way', () => output().includes('Started in'));
    child.kill('SIGINT');
    expect(await code).toBe(130);
    expect(readdirSync(temp)).toEqual([]);
    expect(processesOf(temp)).toEqual([]);
  });

  it('ends everything when it is interrupted while it starts', options, async () => {
    const running = demo();
    const { child, code, temp } = running;
    const hasBegun = (): boolean =>
      readdirSync(temp).some((name) => existsSync(join(temp, name, 'data', 'postgres')));
    await during(running, 'the database to be under way', hasBegun);
    child.kill('SIGINT');
    expect(await code).toBe(130);
    expect(readdirSync(temp)).toEqual([]);
    expect(processesOf(temp)).toEqual([]);
  });
});
