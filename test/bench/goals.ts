import type { BenchResult } from './main.ts';

export interface Goal {
  readonly name: string;
  readonly value: number;
  /** For people: `≥ 0.7`. */
  readonly goal: string;
  readonly met: boolean;
  /** Ratios within one run hold anywhere; absolute figures only on a machine like the one they were set on. */
  readonly kind: 'ratio' | 'absolute';
}

const mostConnections = 128;

/** The goals of what was measured. */
export function goalsOf(result: BenchResult): Goal[] {
  return [...gatewayGoals(result), ...soakGoals(result), ...runGoals(result), ...startGoals(result)];
}

/** What may never happen, whatever the machine: something accepted was lost, or something was done twice. */
export function breachesOf({ gateway, soak, hops, runs }: BenchResult): string[] {
  const counts: readonly (readonly [string, number | undefined])[] = [
    ['accepted events have no row', gateway?.lost],
    ['distinct events were answered as duplicates', gateway?.duplicates],
    ['accepted events have no row after the process was killed', soak?.lost],
    ['events are there twice after the process was killed', soak?.duplicates],
    ['runs of the backlog did not end as done', hops?.unfinished],
    ['accepted events have no confirmed effect', runs?.unfinished],
  ];
  return counts.filter(([, count = 0]) => count !== 0).map(([what, count]) => `${count} ${what}`);
}

function gatewayGoals({ gateway }: BenchResult): Goal[] {
  const row = gateway?.rows.find(({ connections }) => connections === mostConnections);
  if (!row) return [];
  return [
    atLeast('gateway / Nest on Fastify + HMAC, 128 connections', row.ofHttp, 0.7, 'ratio'),
    atLeast('gateway / one statement a request, 128 connections', row.ofInsert, 1.9, 'ratio'),
    atMost('gateway p99 at 128 connections, ms', row.gateway.latencyMs.p99, 60),
  ];
}

/** A short run is over before memory has settled: it proves that all of it works, and nothing of growth. */
function soakGoals({ soak, short }: BenchResult): Goal[] {
  if (!soak || short) return [];
  return [
    atMost('growth of resident memory over the soak, %', soak.resident.growthPercent, 5, 'ratio'),
    atMost('growth of the heap over the soak, %', soak.heap.growthPercent, 5, 'ratio'),
  ];
}

function runGoals({ runs }: BenchResult): Goal[] {
  if (!runs) return [];
  return [
    atLeast('runs a second, webhook to confirmed effect', runs.perSecond, 750, 'absolute'),
    atMost('event to effect at 50 a second, p50 ms', runs.steady.p50, 20),
    atMost('event to effect at 50 a second, p99 ms', runs.steady.p99, 50),
  ];
}

function startGoals({ start }: BenchResult): Goal[] {
  if (!start) return [];
  return [
    atMost('start to ready, migrated database, ms', start.readyMs, 2_000),
    atMost('embedded start to ready, second time, ms', start.embeddedReadyMs, 5_000),
    atMost('resident memory at rest, MB', start.residentMb, 180),
  ];
}

function atLeast(name: string, value: number, least: number, kind: Goal['kind']): Goal {
  return { name, value, goal: `≥ ${least}`, met: value >= least, kind };
}

function atMost(name: string, value: number, most: number, kind: Goal['kind'] = 'absolute'): Goal {
  return { name, value, goal: `≤ ${most}`, met: value <= most, kind };
}
