import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { round } from '../statistics.ts';

/** A process after a full collection, in bytes. */
export interface MemorySample {
  readonly resident: number;
  readonly heap: number;
}

/** Memory over a time, in MB. */
export interface Growth {
  /** Mean of the second quarter of the time: the first one compiles, and fills what is kept. */
  readonly before: number;
  /** Mean of the last quarter. */
  readonly after: number;
  readonly growthPercent: number;
}

const preload = new URL('./preload.ts', import.meta.url).href;

/** What a process needs in order to be sampled. */
export function samplerEnvironment(file: string): Record<string, string> {
  return { NODE_OPTIONS: `--import=${preload}`, BENCH_MEMORY_FILE: file };
}

/** Has a process sampled at this interval for as long as some work takes. */
export async function sampled<T>(
  { pid, file, everyMs }: { pid: number; file: string; everyMs: number },
  work: () => Promise<T>,
): Promise<{ value: T; samples: readonly MemorySample[] }> {
  const done = new AbortController();
  const sampling = (async () => {
    while (!done.signal.aborted) {
      await sleep(everyMs, undefined, { signal: done.signal }).catch(() => undefined);
      if (!done.signal.aborted) process.kill(pid, 'SIGUSR2');
    }
  })();
  const value = await work().finally(() => done.abort());
  await sampling;
  return { value, samples: readSamples(file) };
}

/** @throws Error when there are too few for quarters */
export function growthOf(values: readonly number[]): Growth {
  const quarter = Math.floor(values.length / 4);
  if (quarter === 0) throw new Error(`${values.length} samples of memory are too few`);
  const before = mean(values.slice(quarter, 2 * quarter));
  const after = mean(values.slice(-quarter));
  return {
    before: round(before / 1e6, 1),
    after: round(after / 1e6, 1),
    growthPercent: round((after / before - 1) * 100, 1) + 0,
  };
}

function readSamples(file: string): readonly MemorySample[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  // The last one may be half written.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as MemorySample);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
