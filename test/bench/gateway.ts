import { setTimeout as sleep } from 'node:timers/promises';
import { Ledger } from './ledger.ts';
import { load, summary } from './load.ts';
import type { LoadRecord, LoadResult } from './load.ts';
import { cpuMs, familyCpu, familyCpuSince } from './machine.ts';
import type { BenchOptions } from './options.ts';
import { profiled } from './profile/profiled.ts';
import type { Profile } from './profile/profiled.ts';
import { ratio, round } from './statistics.ts';
import type { World } from './world.ts';

/** One number of connections: the gateway beside its floors. */
export interface GatewayRow {
  readonly connections: number;
  readonly http: LoadResult;
  readonly insert: LoadResult;
  readonly gateway: LoadResult & Costs;
  /** The gateway as a share of Nest on Fastify with the HMAC alone. */
  readonly ofHttp: number;
  /** The gateway as a multiple of one statement a request. */
  readonly ofInsert: number;
}

interface Costs {
  readonly cpuMsPerEvent: number;
  readonly postgresCpuMsPerEvent: number;
}

export interface GatewayResult {
  readonly rows: readonly GatewayRow[];
  /** With the workers in the same process, which run the flow of every event meanwhile. */
  readonly allRoles: readonly ({ readonly connections: number } & LoadResult)[];
  /** All requests of all rounds, warm-up included. */
  readonly accepted: number;
  readonly stored: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly profile?: Profile;
}

interface Target {
  readonly name: 'http' | 'insert' | 'gateway';
  readonly url: string;
  readonly pid: number;
  readonly records: Map<number, LoadRecord[]>;
}

const path = '/webhooks/forms/contact';
/** More than any of them takes, so that time is what ends a round. */
const mostPerSecond = 9_000;
/** Requests until what they run through is compiled. */
const warmUp = 4_000;

export async function gateway(world: World, options: BenchOptions): Promise<GatewayResult> {
  const { connections, seconds, rounds } = plan(options);
  const app = await world.app({ name: 'gateway', database: 'gateway', roles: 'gateway,admin' });
  const ledger = new Ledger(await world.createDatabase('gateway'));
  await app.start();
  const insertUrl = await world.createDatabase('floor_insert');
  const floors = [await world.floor('accept-http'), await world.floor('accept-insert', insertUrl)] as const;
  const targets = [target('http', floors[0]), target('insert', floors[1]), target('gateway', app)];
  const send = sender(world, options.seed);
  const warm = [];
  for (const one of targets) warm.push(await send(one.url, 64, 10, warmUp));
  const costs = new Map<number, Costs>();
  for (const count of connections)
    costs.set(count, await measure(world, targets, { count, seconds, rounds, send }));
  for (const floor of floors) await floor.stop();
  const profile = await profiled(options, world, app, 'gateway', async () => send(app.url, 128, 4));
  const stored = await ledger.inbound();
  await ledger.close();
  await app.stop();
  const sent = [warm[2] as LoadRecord, ...[...(targets[2]?.records.values() ?? [])].flat()];
  const all = summary([...sent, ...(profile ? [profile.value] : [])]);
  return {
    rows: connections.map((count) => rowOf(targets, count, costs.get(count) as Costs)),
    allRoles: await withWorkers(world, options, seconds, send),
    ...{
      accepted: all.accepted,
      stored,
      lost: Math.max(0, all.accepted - stored),
      duplicates: all.duplicates,
    },
    ...(profile && { profile: profile.profile }),
  };
}

function plan({ short }: BenchOptions): { connections: readonly number[]; seconds: number; rounds: number } {
  if (short) return { connections: [1, 32, 128], seconds: 1.5, rounds: 1 };
  return { connections: [1, 8, 32, 64, 128], seconds: 4, rounds: 2 };
}

function target(name: Target['name'], { url, pid }: { url: string; pid: number }): Target {
  return { name, url, pid, records: new Map() };
}

type Send = (url: string, connections: number, seconds: number, most?: number) => Promise<LoadRecord>;

/** Sends rounds whose requests are unlike those of all other rounds. */
function sender({ secret }: World, seed: number): Send {
  let round = 0;
  return (url, connections, seconds, most = Infinity) => {
    round += 1;
    const count = Math.min(most, Math.ceil(seconds * mostPerSecond));
    return load({ url, path, secret, tag: `g${round}`, seed, connections, count, seconds });
  };
}

interface Measurement {
  readonly count: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly send: Send;
}

/** The targets take turns within each round, so that a machine that slows down slows all of them. */
async function measure(world: World, targets: readonly Target[], by: Measurement): Promise<Costs> {
  const costs = { cpu: 0, postgres: 0, events: 0 };
  for (let round = 0; round < by.rounds; round += 1) {
    for (const one of targets) {
      const before = { cpu: cpuMs(one.pid), postgres: familyCpu(world.postgres.pid) };
      const record = await by.send(one.url, by.count, by.seconds);
      one.records.set(by.count, [...(one.records.get(by.count) ?? []), record]);
      if (one.name !== 'gateway') continue;
      costs.cpu += cpuMs(one.pid) - before.cpu;
      costs.postgres += familyCpuSince(world.postgres.pid, before.postgres);
      costs.events += record.durations.length;
    }
  }
  return {
    cpuMsPerEvent: round(costs.cpu / Math.max(1, costs.events), 3),
    postgresCpuMsPerEvent: round(costs.postgres / Math.max(1, costs.events), 3),
  };
}

function rowOf(targets: readonly Target[], connections: number, costs: Costs): GatewayRow {
  const [http, insert, app] = targets.map(({ records }) => summary(records.get(connections) ?? []));
  if (!http || !insert || !app) throw new Error('a target is missing');
  return {
    ...{ connections, http, insert, gateway: { ...app, ...costs } },
    ofHttp: ratio(app.perSecond, http.perSecond),
    ofInsert: ratio(app.perSecond, insert.perSecond),
  };
}

async function withWorkers(
  world: World,
  { short }: BenchOptions,
  seconds: number,
  send: Send,
): Promise<GatewayResult['allRoles']> {
  await world.createDatabase('gateway_all');
  const app = await world.app({ name: 'gateway-all', database: 'gateway_all', roles: 'all' });
  await app.start();
  await send(app.url, 64, 5, warmUp);
  const results = [];
  for (const connections of short ? [128] : [32, 128]) {
    results.push({ connections, ...summary([await send(app.url, connections, seconds)]) });
    await sleep(500);
  }
  // What it has not run yet is not waited for: the parts that measure runs do that.
  await app.kill();
  return results;
}
