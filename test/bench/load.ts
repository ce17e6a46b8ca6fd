import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { latencyOf, round } from './statistics.ts';
import type { Latency } from './statistics.ts';

/** What a sending process is to do: it ends when all are sent or the time is up, whichever comes first. */
export interface LoadOrder {
  readonly url: string;
  readonly path: string;
  readonly secret: string;
  readonly tag: string;
  readonly seed: number;
  readonly connections: number;
  readonly count: number;
  readonly seconds: number;
  /** Send at this pace; without it each connection sends as soon as it was answered. */
  readonly perSecond?: number;
}

/** What a sending process saw. */
export interface LoadRecord {
  /** How often each status was answered; 0 is no answer. */
  statuses: Record<number, number>;
  duplicates: number;
  /** Of each request, in milliseconds. */
  durations: number[];
  seconds: number;
}

export interface LoadResult {
  readonly accepted: number;
  /** Answered with something else than 2xx, or not answered. */
  readonly refused: number;
  readonly duplicates: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly latencyMs: Latency;
}

const main = fileURLToPath(new URL('./load/main.ts', import.meta.url));
const startSeconds = 60;

/** Sends from a process of its own. @throws Error when it fails or overruns */
export async function load(order: LoadOrder): Promise<LoadRecord> {
  const output = await runNode(main, order, (order.seconds + startSeconds) * 1000);
  return JSON.parse(output) as LoadRecord;
}

/** Several rounds of one measurement as one. */
export function summary(records: readonly LoadRecord[]): LoadResult {
  const statuses = records.flatMap((record) => Object.entries(record.statuses));
  const sum = (wanted: (status: number) => boolean): number =>
    statuses.filter(([status]) => wanted(Number(status))).reduce((total, [, count]) => total + count, 0);
  const is2xx = (status: number): boolean => status >= 200 && status < 300;
  const seconds = records.reduce((total, record) => total + record.seconds, 0);
  const accepted = sum(is2xx);
  return {
    accepted,
    refused: sum((status) => !is2xx(status)),
    duplicates: records.reduce((total, record) => total + record.duplicates, 0),
    seconds: round(seconds, 2),
    perSecond: round(accepted / seconds),
    latencyMs: latencyOf(records.flatMap(({ durations }) => durations)),
  };
}

/** Runs a TypeScript file with one JSON argument and gives what it printed; it is killed when it overruns. */
export function runNode(file: string, argument: unknown, timeoutMs: number): Promise<string> {
  const child = spawn(process.execPath, [file, JSON.stringify(argument)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${file} ended with ${signal ?? code}`));
    });
  });
}
