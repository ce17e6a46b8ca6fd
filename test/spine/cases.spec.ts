import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flow } from '../../src/shared/flow/define-flow.js';
import { RunOperations } from '../../src/shared/flow/run-operations.js';
import { defineError } from '../../src/shared/kernel/coded-error.js';
import { DeadLetters } from '../../src/shared/messaging/dead-letters.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import {
  AskBack,
  BookLent,
  BookReturned,
  lendingHandlers,
  lent,
  LoanRenewed,
  post,
  returned,
} from '../support/sample-wait-flow.js';
import { Spine } from '../support/spine.js';
import { until } from '../support/until.js';

const lentOnce = { onePerCase: true };

/** Whoever asks for a book that is out waits for its return. */
const shelf = flow('shelf', { version: 1 })
  .startedBy(
    BookLent,
    ({ book }) => book,
    () => ({}),
    lentOnce,
  )
  .steps(['out'], ({ wait, on, end }) => ({
    out: wait({ on: [on(BookReturned, ({ book }) => book, end())] }),
  }));

/** The same, but the one run takes note of all who ask. */
const list = flow('list', { version: 1 })
  .startedBy(
    BookLent,
    ({ book }) => book,
    () => ({ asked: 1 }),
    lentOnce,
  )
  .steps(['out'], ({ wait, on, go, end }) => ({
    out: wait({ on: [on(BookReturned, ({ book }) => book, end())] }),
    anywhere: [
      on(
        BookLent,
        ({ book }) => book,
        (_, { state }) => go('out', { asked: state.asked + 1 }),
      ),
    ],
  }));

/** The same, with a letter that may be refused. */
const desk = flow('desk', { version: 1 })
  .startedBy(
    BookLent,
    ({ book }) => book,
    ({ book }) => ({ book }),
    lentOnce,
  )
  .steps(['ask-back', 'out'], ({ send, wait, on, go, end }) => ({
    'ask-back': send(AskBack, ({ state }) => ({ ...state, nth: 1 }), go('out')),
    out: wait({ on: [on(BookReturned, ({ book }) => book, end())] }),
    anywhere: [on(LoanRenewed, ({ book }) => book, go('out'))],
  }));

const Refused = defineError('SAMPLE.REFUSED', 'permanent', 'The post takes no letter.');

let db: TestDatabase;
let spine: Spine;
beforeAll(async () => {
  db = await testDatabase();
  spine = await Spine.start({ db, flows: [shelf, list, desk], handlers: lendingHandlers });
});
afterAll(async () => {
  await spine.stop();
  await db.close();
});

interface Run {
  id: string;
  status: string;
  visit: number;
  started_by: string;
}

async function runsOf(flowName: string, events: readonly string[]): Promise<Run[]> {
  return db.database.query<Run>(
    `select id, status, visit, started_by from flow.runs where flow = $1 and started_by = any($2::uuid[]) order by id`,
    [flowName, events],
  );
}

/** Until the flow has as many runs for these events, and nothing is under way. */
async function settled(flowName: string, events: readonly string[], count: number): Promise<Run[]> {
  return until(`${count} runs of ${flowName}`, async () => {
    const [busy] = await db.database.query(`select from messaging.deliveries limit 1`);
    const runs = await runsOf(flowName, events);
    return !busy && runs.length === count && runs;
  });
}

async function waiting(flowName: string): Promise<number> {
  const [row] = await db.database.query<{ n: number }>(
    `select count(*)::int as n from flow.deferred_starts where flow = $1`,
    [flowName],
  );
  return row?.n ?? 0;
}

const open = (runs: readonly Run[]): number => runs.filter(({ status }) => status === 'running').length;

describe('a flow with one open run for each case', () => {
  it('starts the next when the one before has ended, however many are asked for at once', async () => {
    const events = await spine.state(Array.from({ length: 12 }, () => lent('asked-for')));
    for (let n = 1; n <= 12; n += 1) {
      const runs = await settled('shelf', events, n);
      expect(open(runs)).toBe(1);
      expect(await waiting('shelf')).toBe(12 - n);
      await spine.state([returned('asked-for')]);
    }
    const runs = await until('the end of the last', async () => {
      const all = await settled('shelf', events, 12);
      return open(all) === 0 && all;
    });
    expect(new Set(runs.map(({ started_by }) => started_by)).size).toBe(12);
  });

  it('leaves other cases alone', async () => {
    const events = await spine.state([lent('one'), lent('two'), lent('three')]);
    expect(open(await settled('shelf', events, 3))).toBe(3);
    await spine.state(['one', 'two', 'three'].map(returned));
  });

  it('forgets a start that its run was moved by, once by each', async () => {
    const [first] = await spine.state([lent('listed')]);
    await settled('list', [first as string], 1);
    const later = await spine.state([lent('listed'), lent('listed')]);
    await until(
      'the run to hear both',
      async () => (await runsOf('list', [first as string]))[0]?.visit === 3,
    );
    await settled('list', later, 0);
    expect(await waiting('list')).toBe(0);
    expect(await runsOf('list', [first as string])).toMatchObject([{ status: 'running', visit: 3 }]);
    await spine.state([returned('listed')]);
    await until('its end', async () => open(await runsOf('list', [first as string])) === 0);
    expect(await settled('list', later, 0)).toEqual([]);
  });

  it('is moved once by an event that is delivered to it again, with others in between', async () => {
    const [first] = await spine.state([lent('twice')]);
    await settled('list', [first as string], 1);
    const [second, third] = await spine.state([lent('twice'), lent('twice')]);
    await until(
      'the run to hear both',
      async () => (await runsOf('list', [first as string]))[0]?.visit === 3,
    );
    await db.database.query(
      `insert into messaging.deliveries (id, message_id, type, handler, lane, capability, flow, run_id, step, visit,
         hold, max_attempts)
       select gen_random_uuid(), m, s.event_type, s.handler, s.lane, s.capability, s.flow, null, '', 0, false, 14
       from messaging.subscriptions s, unnest($1::uuid[]) as m
       where s.subscriber = 'flow:list:events' and s.event_type = 'sample.book-lent.v1'`,
      [[second, third]],
    );
    await settled('list', [first as string], 1);
    expect(await runsOf('list', [first as string])).toMatchObject([{ status: 'running', visit: 3 }]);
    await spine.state([returned('twice')]);
  });

  it('starts the next when a person cancels the run, and redoes none beside it', async () => {
    const events = await spine.state([lent('given-up'), lent('given-up')]);
    const [run] = await settled('shelf', events, 1);
    await spine.get(RunOperations).cancel(run?.id as string, 'lost', 'key:test');
    const [cancelled, next] = await settled('shelf', events, 2);
    expect([cancelled?.status, next?.status]).toEqual(['cancelled', 'running']);
    const redo = spine.get(RunOperations).redo(run?.id as string, 'out', 'found again', 'key:test');
    await expect(redo).rejects.toMatchObject({ code: 'FLOW.CASE_OPEN', details: { runId: next?.id } });
    await spine.state([returned('given-up')]);
    await until('its end', async () => open(await runsOf('shelf', events)) === 0);
    await spine.get(RunOperations).redo(run?.id as string, 'out', 'found again', 'key:test');
    expect(open(await runsOf('shelf', events))).toBe(1);
    await spine.state([returned('given-up')]);
  });

  it('starts the next when the dead letter of its run is discarded, and leaves no wait behind', async () => {
    post.beforeSend = async () => {
      throw Refused();
    };
    const events = await spine.state([lent('refused'), lent('refused')]);
    const [run] = await settled('desk', events, 1);
    expect(run?.status).toBe('held');
    post.beforeSend = async () => undefined;
    const [letter] = await db.database.query<{ delivery_id: string }>(
      `select delivery_id from messaging.dead_letters where run_id = $1`,
      [run?.id],
    );
    await spine.get(DeadLetters).discard({ ids: [letter?.delivery_id as string] }, 'lost', 'key:test');
    const [failed, next] = await settled('desk', events, 2);
    expect([failed?.status, next?.status]).toEqual(['failed', 'running']);
    expect(await db.database.query(`select from flow.waits where run_id = $1`, [run?.id])).toEqual([]);
    await spine.state([returned('refused')]);
    await until('its end', async () => open(await runsOf('desk', events)) === 0);
  });

  it('records why an event started nothing', async () => {
    const events = await spine.state([lent('told')]);
    const [run] = await settled('shelf', events, 1);
    const [second] = await spine.state([lent('told')]);
    const entry = await until('the entry', async () => {
      const [found] = await db.database.query<{ details: object }>(
        `select body::json->'details' as details from audit.entries
         where action = 'flow.run-not-started' and subject = $1 and body::json->'details'->>'flow' = 'shelf'`,
        [`event:${second}`],
      );
      return found;
    });
    expect(entry.details).toMatchObject({ reason: 'its case has an open run', runId: run?.id });
    await spine.state([returned('told'), returned('told')]);
  });
});
