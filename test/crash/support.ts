import { expect } from 'vitest';
import type { TestContext } from 'vitest';
import { testDatabase } from '../support/database.js';
import { submissions } from '../system/people.ts';
import type { Submission } from '../system/people.ts';
import { freePorts } from '../system/ports.ts';
import { proofTable } from '../system/proof-table.ts';
import type { FindingKind } from '../system/proof.ts';
import { chooseSeed, Random } from '../system/random.ts';
import { hasRedis, OwnRedis } from '../system/redis.ts';
import { startSystem } from '../system/system.ts';
import type { System, SystemOptions } from '../system/system.ts';

/** Of this test file; SEED=… repeats it. */
export const seed = chooseSeed();
export const random = new Random(seed);
console.log(`seed ${seed}`);

/** Within this time after the fault everything must be as if nothing had happened. */
export const recoveryMs = 90_000;

const absent = !hasRedis();
const required = process.env['TEST_REDIS'] === 'required';

/** Tests with a Redis are left out by name where there is none, unless TEST_REDIS=required says otherwise. */
export const withRedis = {
  skip: absent && !required,
  note: absent && !required ? ' (left out: no redis-server on this machine)' : '',
};

/** A system on a database of its own; ended with the test, its logs shown when that failed. */
export async function systemUnderTest(context: TestContext, options: SystemOptions = {}): Promise<System> {
  const database = options.databaseUrl === undefined ? await testDatabase() : undefined;
  context.onTestFinished(async () => database?.close());
  return track(context, {
    ...options,
    databaseUrl: database?.url ?? options.databaseUrl,
    // All systems of a run share one server's connections.
    env: { SIGNALBOX_DB_POOL: '5', ...options.env },
  });
}

/** A system with a PostgreSQL of its own, which the test may stop. */
export async function systemWithOwnPostgres(context: TestContext): Promise<System> {
  return track(context, {});
}

async function track(context: TestContext, options: SystemOptions): Promise<System> {
  const system = await startSystem(options);
  context.onTestFinished(async () => {
    if (context.task.result?.state === 'fail') console.log(`seed ${seed}\n${system.logs()}`);
    await system.close();
  });
  return system;
}

/** A Redis of the test's own, ended with the test. */
export async function redisUnderTest(context: TestContext): Promise<OwnRedis> {
  const [port = 0] = await freePorts(1);
  const redis = await OwnRedis.start(port, '/dev/null');
  context.onTestFinished(() => redis.kill());
  return redis;
}

/** Submissions that no other call gave. */
export function someSubmissions(count: number): Submission[] {
  return submissions(1 + random.whole(2 ** 30), count);
}

/** Waits until nothing is under way, and demands that what the sender got 2xx for has exactly one outcome each. */
export async function expectEachOutcomeOnce(
  system: System,
  sent: readonly Submission[],
  allowed: Partial<Record<FindingKind, number>> = {},
): Promise<void> {
  await system.settled(recoveryMs);
  const proof = await system.proof();
  const wanted = { lost: 0, duplicated: 0, phantom: 0, stuck: 0, ...allowed };
  expect(proof.counts, `seed ${seed}\n${proofTable(proof)}`).toEqual(wanted);
  expect([...system.sender.accepted.keys()].sort()).toEqual(sent.map(({ id }) => id).sort());
}

/** The id under which a process leases. */
export async function workerIdOf(system: System, pid: number): Promise<string> {
  const rows = await system.facts.query<{ id: string }>(
    `select id from messaging.workers where name like '%:' || $1::text order by started_at desc limit 1`,
    [pid],
  );
  if (!rows[0]) throw new Error(`process ${pid} has announced no worker`);
  return rows[0].id;
}
