import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { availableParallelism, cpus, platform, totalmem } from 'node:os';
import { round } from './statistics.ts';

/** What the figures were measured on: absolute ones hold for nothing else. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGib: number;
  readonly platform: string;
  readonly node: string;
  readonly postgres: string;
}

export function machine(postgres: string): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGib: round(totalmem() / 2 ** 30),
    platform: `${platform()} ${process.arch}`,
    node: process.version,
    postgres,
  };
}

/** A port of 127.0.0.1 that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const ticksPerSecond = 100;

/** Processor time of a process since it began, user and system, in milliseconds. */
export function cpuMs(pid: number): number {
  if (platform() !== 'linux') return secondsOf(ps(pid, 'cputime')) * 1000;
  const fields = statOf(pid);
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

/** Processor time of a process and of each of its direct children, such as a PostgreSQL server's, by process. */
export function familyCpu(pid: number): ReadonlyMap<number, number> {
  if (platform() !== 'linux') return new Map();
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const family = pids.map(Number).filter((one) => one === pid || Number(statOf(one)[1]) === pid);
  return new Map(family.map((one) => [one, cpuMs(one)]));
}

/** What a family has used since then, without what ended meanwhile; 0 where that is not known. */
export function familyCpuSince(pid: number, before: ReadonlyMap<number, number>): number {
  const now = [...familyCpu(pid)];
  return now.reduce((sum, [one, ms]) => sum + Math.max(0, ms - (before.get(one) ?? 0)), 0);
}

/** Resident memory in MB. */
export function residentMb(pid: number): number {
  return round((Number(ps(pid, 'rss')) * 1024) / 1e6, 1);
}

/** Fields of /proc/<pid>/stat behind the name, from the state on; none when the process has ended. */
function statOf(pid: number): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return Array.from({ length: 20 }, () => '0');
  }
}

function ps(pid: number, field: string): string {
  return execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
}

/** Seconds of `[[dd-]hh:]mm:ss[.ff]`. */
function secondsOf(time: string): number {
  const [clock = '0', days = '0'] = time.split('-').reverse();
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}
