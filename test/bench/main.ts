import pg from 'pg';
import { gateway } from './gateway.ts';
import type { GatewayResult } from './gateway.ts';
import { breachesOf, goalsOf } from './goals.ts';
import type { Goal } from './goals.ts';
import { hops } from './hops.ts';
import type { HopsResult } from './hops.ts';
import { machine } from './machine.ts';
import type { Machine } from './machine.ts';
import { readOptions, usage, UsageError } from './options.ts';
import type { BenchOptions } from './options.ts';
import { report } from './report.ts';
import { runs } from './runs.ts';
import type { RunsResult } from './runs.ts';
import { soak } from './soak.ts';
import type { SoakResult } from './soak.ts';
import { start } from './start.ts';
import type { StartResult } from './start.ts';
import { World } from './world.ts';

/** What one run of the bench measured; parts that were not asked for are absent. */
export interface BenchResult {
  readonly date: string;
  readonly machine: Machine;
  readonly short: boolean;
  readonly seed: number;
  readonly gateway?: GatewayResult;
  readonly soak?: SoakResult;
  readonly hops?: HopsResult;
  readonly runs?: RunsResult;
  readonly start?: StartResult;
}

export interface BenchDocument extends BenchResult {
  readonly goals: readonly Goal[];
  /** What must never happen and did. */
  readonly breaches: readonly string[];
}

const measures = { gateway, soak, hops, runs, start };
const mostMs = { short: 300_000, full: 1_200_000 };

/** @returns the exit code */
export async function bench(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) return say(usage, 0);
  let options: BenchOptions;
  try {
    options = readOptions(args);
  } catch (error) {
    if (error instanceof UsageError) return say(`bench: ${error.message}\n\n${usage}`, 2);
    throw error;
  }
  const result = await measure(options);
  const document = { ...result, goals: goalsOf(result), breaches: breachesOf(result) };
  process.stdout.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : `${report(document)}\n`);
  const missed = options.gate && document.goals.some(({ kind, met }) => kind === 'ratio' && !met);
  return document.breaches.length > 0 || missed ? 1 : 0;
}

async function measure(options: BenchOptions): Promise<BenchResult> {
  const world = await World.create(options);
  const end = closeOnSignal(world, options.short ? mostMs.short : mostMs.full);
  try {
    const server = await versionOf(world.postgres.url);
    const result: Record<string, unknown> = {};
    for (const part of options.only) {
      const begun = performance.now();
      note(`${part}…`);
      result[part] = await measures[part](world, options);
      note(`${part} took ${((performance.now() - begun) / 1000).toFixed(0)} s`);
    }
    const date = new Date().toISOString();
    return { date, machine: machine(server), short: options.short, seed: options.seed, ...result };
  } finally {
    end();
    await world.close();
  }
}

/** Nothing outlives the bench: not after Ctrl-C, and not after it has taken far too long. */
function closeOnSignal(world: World, timeoutMs: number): () => void {
  const give = (why: string) => (): void => {
    note(`bench: ${why}`);
    void world.close().finally(() => process.exit(1));
  };
  const stop = give('was told to stop');
  const late = setTimeout(give(`is not done after ${timeoutMs / 1000} s`), timeoutMs);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return () => {
    clearTimeout(late);
    process.off('SIGINT', stop).off('SIGTERM', stop);
  };
}

async function versionOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('show server_version');
  await client.end();
  return rows[0]?.server_version ?? 'unknown';
}

/** Progress goes beside the result, so that the standard output holds nothing else. */
function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

function say(text: string, code: number): number {
  note(text);
  return code;
}
