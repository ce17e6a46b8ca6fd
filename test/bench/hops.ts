import { fileURLToPath } from 'node:url';
import type { LeaseOrder, LeaseRecord } from './floors/lease.ts';
import { Ledger } from './ledger.ts';
import { load, runNode, summary } from './load.ts';
import { cpuMs, familyCpu, familyCpuSince } from './machine.ts';
import type { BenchOptions } from './options.ts';
import { profiled } from './profile/profiled.ts';
import type { Profile } from './profile/profiled.ts';
import { ratio, round } from './statistics.ts';
import type { World } from './world.ts';

export interface HopsResult {
  readonly events: number;
  readonly hops: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Of the middle four fifths: without the beginning, when nothing is compiled, and without the end. */
  readonly steadyPerSecond: number;
  readonly floorPerSecond: number;
  readonly ofFloor: number;
  readonly cpuMsPerHop: number;
  readonly postgresCpuMsPerHop: number;
  /** Runs that did not end as done. */
  readonly unfinished: number;
  readonly profile?: Profile;
}

const floor = fileURLToPath(new URL('./floors/lease.ts', import.meta.url));
const drainMs = 120_000;

/** A backlog that the application drains: nothing comes in meanwhile. */
export async function hops(world: World, options: BenchOptions): Promise<HopsResult> {
  const events = options.count ?? (options.short ? 1_000 : 6_000);
  const floorUrl = await world.createDatabase('floor_lease');
  const before = await floorRound(floorUrl, options);
  const ledger = new Ledger(await world.createDatabase('hops'));
  const app = await world.app({ name: 'hops', database: 'hops', roles: 'all' });
  await app.start();
  const accepted = await backlog(world, ledger, app.url, { events, seed: options.seed });
  const cpu = cpuMs(app.pid);
  const postgresCpu = familyCpu(world.postgres.pid);
  const release = async (): Promise<void> => {
    await ledger.rows(`delete from messaging.pauses`);
    await ledger.drained(drainMs);
  };
  const profile = await profiled(options, world, app, 'hops', release);
  if (!profile) await release();
  const spent = cpuMs(app.pid) - cpu;
  const postgresSpent = familyCpuSince(world.postgres.pid, postgresCpu);
  const pace = await paceOf(ledger);
  const done = await ledger.number(`select count(*) as n from flow.runs where status = 'done'`);
  await ledger.close();
  await app.stop();
  const floorPerSecond = round((before + (await floorRound(floorUrl, options))) / 2);
  return {
    ...{ events: accepted, ...pace, floorPerSecond, ofFloor: ratio(pace.perSecond, floorPerSecond) },
    cpuMsPerHop: round(spent / pace.hops, 3),
    postgresCpuMsPerHop: round(postgresSpent / pace.hops, 3),
    unfinished: accepted - done,
    ...(profile && { profile: profile.profile }),
  };
}

async function floorRound(databaseUrl: string, { short }: BenchOptions): Promise<number> {
  const order: LeaseOrder = { databaseUrl, rows: short ? 10_000 : 40_000 };
  const record = JSON.parse(await runNode(floor, order, 60_000)) as LeaseRecord;
  return record.hops / record.seconds;
}

/** Lets the application accept while its flow is paused. */
async function backlog(
  { secret }: World,
  ledger: Ledger,
  url: string,
  { events, seed }: { events: number; seed: number },
): Promise<number> {
  await ledger.rows(
    `insert into messaging.pauses (kind, name, reason, paused_by) select 'flow', flow, 'bench', 'system'
     from flow.settings`,
  );
  // Processes look at what is paused once a second.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const order = { url, path: '/webhooks/forms/contact', secret, tag: 'h', seed, connections: 64 };
  const { accepted } = summary([await load({ ...order, count: events, seconds: 60 })]);
  return accepted;
}

type Pace = Pick<HopsResult, 'hops' | 'seconds' | 'perSecond' | 'steadyPerSecond'>;

/** By the attempts' own times: asking while it drains would be measured too. */
async function paceOf(ledger: Ledger): Promise<Pace> {
  const [row] = await ledger.rows<{ hops: string; seconds: number; middle: number }>(
    `select count(*) as hops, extract(epoch from max(finished_at) - min(started_at))::float8 as seconds,
       extract(epoch from percentile_disc(0.9) within group (order by finished_at)
         - percentile_disc(0.1) within group (order by finished_at))::float8 as middle
     from messaging.attempts where outcome <> 'retry'`,
  );
  const { seconds = 0, middle = 0 } = row ?? {};
  const count = Number(row?.hops ?? 0);
  return {
    hops: count,
    seconds: round(seconds, 2),
    perSecond: round(count / seconds),
    steadyPerSecond: round((0.8 * count) / middle),
  };
}
