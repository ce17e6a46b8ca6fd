import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Claims } from '../../src/shared/messaging/claim.js';
import { Committer } from '../../src/shared/messaging/committer.js';
import { nothing } from '../../src/shared/messaging/delivery-handler.js';
import type { Finished } from '../../src/shared/messaging/finished.js';
import { Group } from '../../src/shared/messaging/group.js';
import type { LeasedRow } from '../../src/shared/messaging/lease.js';
import { change, type ChangeSet } from '../../src/shared/messaging/outcome.js';
import { FlowSettings } from '../../src/shared/flow/flow-settings.js';
import { KeyRing } from '../../src/shared/crypto/key-ring.js';
import { newId } from '../../src/shared/kernel/ids.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { carrier, order, sampleHandlers, shipping } from '../support/sample-flow.js';
import { Spine } from '../support/spine.js';

let db: TestDatabase;
let spine: Spine;

/** Deliveries are leased by hand here: the flow is paused, so that no relay takes them. */
beforeAll(async () => {
  db = await testDatabase();
  spine = await Spine.start({ db, flows: [shipping], handlers: sampleHandlers });
  await spine.get(FlowSettings).pause('flow', 'shipping', 'test', 'test');
  await db.database.query(`create table test_rows (id text primary key, value integer not null)`);
});
afterAll(async () => {
  await spine.stop();
  await db.close();
});
beforeEach(async () => {
  carrier.reset();
  await db.database.query(`delete from messaging.deliveries`);
  await db.database.query(`delete from test_rows`);
});

async function lease(owner = newId(), limit = 10): Promise<LeasedRow[]> {
  return spine.get(Claims).unordered({
    lane: 'local',
    capabilities: ['shipping@1:sample.order-placed.v1'],
    limit,
    owner,
    leaseSeconds: 30,
  });
}

interface Row {
  id: string;
  value: number | null;
}
const testRows: ChangeSet<Row> = {
  table: 'public.test_rows',
  keyOf: ({ id }) => id,
  fold: (a, b) => ({ id: a.id, value: (a.value ?? 0) + (b.value ?? 0) }),
  async write(tx, rows) {
    await tx.query(
      `insert into test_rows select id, value from jsonb_to_recordset($1::jsonb) as r(id text, value integer)`,
      [JSON.stringify(rows)],
    );
  },
};

async function finished(row: LeasedRow, rows: readonly Row[] = []): Promise<Finished> {
  const at = new Date();
  return {
    lease: {
      row,
      data: {},
      key: await spine.get(KeyRing).loadOne(row.key_id),
      signal: new AbortController().signal,
      deadline: () => Infinity,
    },
    attemptId: newId(),
    status: 'done',
    dueInMs: 0,
    error: null,
    contribution: { ...nothing, changes: rows.map((r) => change(testRows, r)) },
    startedAt: at,
    finishedAt: at,
    releasesKey: false,
  };
}

describe('the committer', () => {
  it('discards as a whole the outcome of a worker whose lease was taken over', async () => {
    await spine.state([order('f-1')]);
    const [stale] = await lease();
    await db.database.query(`update messaging.deliveries set lease_expires_at = now() - interval '1 s'`);
    await db.database.query(`update messaging.deliveries set state = 'pending', owner = null, fence = null`);
    const [fresh] = await lease();
    expect(fresh?.id).toBe(stale?.id);
    const late = await spine.get(Committer).finish(await finished(stale!, [{ id: 'late', value: 1 }]));
    expect(late).toEqual({ won: false });
    expect(await db.database.query(`select * from test_rows`)).toEqual([]);
    const first = await spine.get(Committer).finish(await finished(fresh!, [{ id: 'fresh', value: 1 }]));
    expect(first).toEqual({ won: true });
    expect(
      await db.database.query(`select outcome from messaging.attempts where delivery_id = $1`, [fresh!.id]),
    ).toEqual([{ outcome: 'done' }]);
  });

  it('writes an outcome once when it is handed over twice', async () => {
    await spine.state([order('f-2')]);
    const [row] = await lease();
    const one = await finished(row!, [{ id: 'once', value: 1 }]);
    const two = { ...(await finished(row!, [{ id: 'twice', value: 1 }])), attemptId: newId() };
    const results = [await spine.get(Committer).finish(one), await spine.get(Committer).finish(two)];
    expect(results).toEqual([{ won: true }, { won: false }]);
    expect(await db.database.query(`select id from test_rows`)).toEqual([{ id: 'once' }]);
  });

  it('lets one bad outcome fail alone, and commits its neighbours', async () => {
    await spine.state(Array.from({ length: 8 }, (_, i) => order(`g-${i}`)));
    const rows = await lease();
    expect(rows).toHaveLength(8);
    const outcomes = await Promise.all(
      rows.map((row, i) => finished(row, [{ id: `row-${i}`, value: i === 3 ? null : i }])),
    );
    const results = await Promise.allSettled(outcomes.map((outcome) => spine.get(Committer).finish(outcome)));
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(results[3]?.status).toBe('rejected');
    expect(await db.database.query(`select count(*)::int as n from test_rows`)).toEqual([{ n: 7 }]);
    expect(await db.database.query(`select id from messaging.deliveries`)).toEqual([{ id: rows[3]!.id }]);
  });

  it('folds changes to one row, so that none of them is lost', async () => {
    await spine.state([order('h-1'), order('h-2'), order('h-3')]);
    const outcomes = await Promise.all(
      (await lease()).map((row) => finished(row, [{ id: 'shared', value: 10 }])),
    );
    await Promise.all(outcomes.map((outcome) => spine.get(Committer).finish(outcome)));
    const rows = await db.database.query<{ value: number }>(
      `select value from test_rows where id = 'shared'`,
    );
    expect(rows).toEqual([{ value: 30 }]);
  });
});

describe('a group', () => {
  const options = { maxItems: 3, maxWeight: 100, weigh: (n: number) => n, parallel: 1 };

  it('commits a lone item at once, and what arrives meanwhile together, within its bounds', async () => {
    const batches: number[][] = [];
    const group = new Group<number, number>(async (items) => {
      batches.push([...items]);
      await new Promise((resolve) => setImmediate(resolve));
      return items.map((n) => n * 2);
    }, options);
    const results = await Promise.all([1, 2, 3, 4, 90, 20].map((n) => group.add(n)));
    expect(results).toEqual([2, 4, 6, 8, 180, 40]);
    expect(batches).toEqual([[1, 2, 3], [4, 90], [20]]);
  });

  it('runs a group again after a deadlock', async () => {
    let tries = 0;
    const group = new Group<number, number>(async (items) => {
      tries += 1;
      if (tries === 1) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
      return [...items];
    }, options);
    expect(await group.add(1)).toBe(1);
    expect(tries).toBe(2);
  });
});
