import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { systemCode } from './embedded-error.js';

/** Whether a process with this id runs. One that has ended but was not reaped yet (a zombie) doesn't. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists, but belongs to someone else.
    if (systemCode(error) !== 'EPERM') return false;
  }
  return !linuxStat(pid).startsWith('Z');
}

/**
 * Tells one process from a later one that was given the same id: its start time and, on Linux, the boot.
 * Empty where the platform doesn't say; such an identity matches any.
 */
export function processIdentity(pid: number): string {
  if (process.platform === 'linux') {
    const startTicks = linuxStat(pid).split(' ')[19] ?? '';
    return startTicks && `${readText('/proc/sys/kernel/random/boot_id').trim()}:${startTicks}`;
  }
  return process.platform === 'win32' ? '' : ps(pid, 'lstart=');
}

/** Whether the process that had `identity` when its id was written down still runs. */
export function isSameProcess(pid: number, identity: string): boolean {
  if (!isAlive(pid)) return false;
  const current = processIdentity(pid);
  return identity === '' || current === '' || identity === current;
}

/** The command line of a process, blank-separated; empty when the platform doesn't tell. */
export function commandLine(pid: number): string {
  if (process.platform === 'linux') return readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
  return process.platform === 'win32' ? '' : ps(pid, 'command=');
}

/**
 * Waits until `condition` holds, asking every `everyMs`.
 * @returns whether it held before `timeoutMs` were over
 */
export async function waitUntil(condition: () => boolean, timeoutMs: number, everyMs = 15): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > end) return false;
    await sleep(everyMs);
  }
  return true;
}

/**
 * Sends each signal in turn until the process has ended.
 * @returns whether it has
 */
export async function endProcess(pid: number, steps: readonly [NodeJS.Signals, number][]): Promise<boolean> {
  for (const [signal, waitMs] of steps) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (systemCode(error) === 'ESRCH') return true;
      throw error;
    }
    if (await waitUntil(() => !isAlive(pid), waitMs)) return true;
  }
  return false;
}

/** The fields of /proc/PID/stat from the third on (state first): the name before them may hold blanks. */
function linuxStat(pid: number): string {
  const stat = process.platform === 'linux' ? readText(`/proc/${pid}/stat`) : '';
  return stat.slice(stat.lastIndexOf(')') + 2);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function ps(pid: number, column: string): string {
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', column], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
