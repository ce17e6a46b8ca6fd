import { setTimeout as sleep } from 'node:timers/promises';
import type { AppProcess } from '../system/app-process.ts';
import { Ledger } from './ledger.ts';
import { load, summary } from './load.ts';
import type { LoadOrder } from './load.ts';
import { cpuMs, familyCpu, familyCpuSince } from './machine.ts';
import type { BenchOptions } from './options.ts';
import { profiled } from './profile/profiled.ts';
import type { Profile } from './profile/profiled.ts';
import { latencyOf, round } from './statistics.ts';
import type { Latency } from './statistics.ts';
import type { World } from './world.ts';

export interface RunsResult {
  readonly submissions: number;
  readonly connections: number;
  /** From the first arrival to the last confirmed effect. */
  readonly perSecond: number;
  readonly seconds: number;
  /** From an event's arrival to its effect's confirmed answer, while senders send as fast as they are answered. */
  readonly busyMs: Latency;
  /** The same while events come at a steady pace. */
  readonly steady: Latency & { readonly perSecond: number; readonly events: number };
  readonly cpuMsPerRun: number;
  readonly postgresCpuMsPerRun: number;
  readonly commitsPerRun: number;
  readonly writeTransactionsPerRun: number;
  /** What was accepted, and has no confirmed effect. */
  readonly unfinished: number;
  readonly profile?: Profile;
}

const path = '/webhooks/forms/contact';
const connections = 48;
const drainMs = 120_000;
const steadyPerSecond = 50;

/** From webhook to confirmed effect, all roles in one process. */
export async function runs(world: World, options: BenchOptions): Promise<RunsResult> {
  const submissions = options.count ?? (options.short ? 300 : 3_000);
  const ledger = new Ledger(await world.createDatabase('runs'));
  const app = await world.app({ name: 'runs', database: 'runs', roles: 'all' });
  await app.start();
  const orders = ordersOf(world, options, app.url);
  await load({ ...orders, tag: 'warm', count: options.count ?? 600, connections: 32 });
  await ledger.drained(drainMs);
  // Sessions say what they did at the latest ten seconds after it.
  const settleMs = options.short ? 1_500 : 10_500;
  await sleep(settleMs);
  const busy = await busyPhase(world, ledger, app, { orders: { ...orders, count: submissions }, settleMs });
  const steadyEvents = options.short ? Math.min(200, submissions) : 500;
  await load({ ...orders, tag: 'steady', count: steadyEvents, perSecond: steadyPerSecond, connections: 32 });
  await ledger.drained(drainMs);
  const steady = await ledger.effects('steady');
  const profile = await profiled(options, world, app, 'runs', async () => {
    await load({ ...orders, tag: 'profile', count: submissions });
    await ledger.drained(drainMs);
  });
  const total = await ledger.inbound();
  const confirmed = await ledger.number(
    `select count(*) as n from effects.effects where state = 'confirmed'`,
  );
  await ledger.close();
  await app.stop();
  return {
    ...{ submissions, connections, ...busy },
    steady: { ...latencyOf(steady.latencies), perSecond: steadyPerSecond, events: steady.confirmed },
    unfinished: total - confirmed,
    ...(profile && { profile: profile.profile }),
  };
}

function ordersOf({ secret }: World, { seed }: BenchOptions, url: string): Omit<LoadOrder, 'tag' | 'count'> {
  return { url, path, secret, seed, connections, seconds: 60 };
}

interface Phase {
  readonly orders: Omit<LoadOrder, 'tag'>;
  readonly settleMs: number;
}

type Busy = Omit<RunsResult, 'submissions' | 'connections' | 'steady' | 'unfinished' | 'profile'>;

async function busyPhase(world: World, ledger: Ledger, app: AppProcess, phase: Phase): Promise<Busy> {
  const idle = await idleCommits(ledger, phase.settleMs);
  const before = await counters(world, ledger, app);
  const { accepted } = summary([await load({ ...phase.orders, tag: 'busy' })]);
  await ledger.drained(drainMs);
  const postgresCpu = familyCpuSince(world.postgres.pid, before.postgresCpu);
  const after = await counters(world, ledger, app);
  await sleep(phase.settleMs);
  const background = idle * (performance.now() - before.at);
  const commits = (await ledger.commits()) - before.commits - background;
  const { latencies, seconds, confirmed } = await ledger.effects('busy');
  const each = (sum: number): number => round(sum / Math.max(1, accepted), 2);
  return {
    ...{ perSecond: round(confirmed / seconds), seconds: round(seconds, 2), busyMs: latencyOf(latencies) },
    cpuMsPerRun: each(after.cpu - before.cpu),
    postgresCpuMsPerRun: each(postgresCpu),
    commitsPerRun: each(commits),
    writeTransactionsPerRun: each(after.writes - before.writes),
  };
}

/** Commits a millisecond of a process that has nothing to do: it looks for work, and says that it lives. */
async function idleCommits(ledger: Ledger, forMs: number): Promise<number> {
  const before = await ledger.commits();
  await sleep(forMs);
  return ((await ledger.commits()) - before) / forMs;
}

interface Counters {
  readonly at: number;
  readonly cpu: number;
  readonly postgresCpu: ReadonlyMap<number, number>;
  readonly commits: number;
  readonly writes: number;
}

async function counters(world: World, ledger: Ledger, app: AppProcess): Promise<Counters> {
  return {
    at: performance.now(),
    cpu: cpuMs(app.pid),
    postgresCpu: familyCpu(world.postgres.pid),
    commits: await ledger.commits(),
    writes: await ledger.writes(),
  };
}
