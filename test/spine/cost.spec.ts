import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from '../../src/shared/database/database.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { carrier, order, sampleHandlers, shipping } from '../support/sample-flow.js';
import { Spine } from '../support/spine.js';
import { until } from '../support/until.js';

let db: TestDatabase;
let spine: Spine;

beforeAll(async () => {
  carrier.reset();
  db = await testDatabase();
  spine = await Spine.start({ db, flows: [shipping], handlers: sampleHandlers });
});
afterAll(async () => {
  await spine.stop();
  await db.close();
});

/** Statements and commits that the process asks of PostgreSQL until `count` runs of three hops have ended. */
async function costOf(name: string, count: number): Promise<{ statements: number; commits: number }> {
  const counts = spine.get(Database).counts;
  const orders = Array.from({ length: count }, (_, i) => order(`${name}-${i}`));
  const before = { ...counts };
  await spine.state(orders);
  await until('all are shipped', () => carrier.sends.length === count);
  await until('all runs are done', async () => {
    const [row] = await db.database.query<{ n: number }>(
      `select count(*)::int as n from flow.runs where status = 'running'`,
    );
    return row?.n === 0;
  });
  carrier.sends.length = 0;
  return { statements: counts.statements - before.statements, commits: counts.commits - before.commits };
}

it('what a hop costs falls with the number of deliveries that share it', async () => {
  await costOf('warm', 20);
  const lone: { statements: number; commits: number }[] = [];
  for (let n = 0; n < 6; n += 1) lone.push(await costOf(`one-${n}`, 1));
  // Polls and heartbeats go on meanwhile: the cheapest of six has met the fewest of them.
  const one = {
    statements: Math.min(...lone.map(({ statements }) => statements)),
    commits: Math.min(...lone.map(({ commits }) => commits)),
  };
  const many = await costOf('many', 300);
  // A run alone: to state it, and for each of its three hops a lease, what it needs, and an outcome.
  expect(one.statements).toBeLessThanOrEqual(50);
  expect(one.commits).toBeLessThanOrEqual(20);
  // 300 runs are 900 hops: most of all statements and commits are shared.
  expect(many.statements / 900).toBeLessThanOrEqual(0.5);
  expect(many.commits / 900).toBeLessThanOrEqual(0.25);
});
