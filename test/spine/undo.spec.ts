import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunOperations } from '../../src/shared/flow/run-operations.js';
import { ShiftedClock } from '../../src/shared/kernel/clock.js';
import { defineError } from '../../src/shared/kernel/coded-error.js';
import { Reconciler } from '../../src/shared/messaging/reconciler.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { lending, lendingHandlers, lent, post } from '../support/sample-wait-flow.js';
import { Spine } from '../support/spine.js';
import { until } from '../support/until.js';

const Offended = defineError('SAMPLE.OFFENDED', 'permanent', 'The reader wants no apology.');

let db: TestDatabase;
let spine: Spine;
const clock = new ShiftedClock();
beforeAll(async () => {
  db = await testDatabase();
  spine = await Spine.start({ db, flows: [lending], handlers: lendingHandlers, clock });
});
afterAll(async () => {
  await spine.stop();
  await db.close();
});
beforeEach(() => post.reset());

/** A run that has sent both its letters and asks a person. */
async function remindedTwice(book: string): Promise<string> {
  const [event] = await spine.state([lent(book)]);
  for (const visit of [1, 3, 5]) {
    await until(`visit ${visit}`, async () => {
      const [run] = await db.database.query<{ visit: number; busy: boolean }>(
        `select visit, exists (select from messaging.deliveries d where d.run_id = r.id) as busy
         from flow.runs r where started_by = $1`,
        [event],
      );
      return run?.visit === visit && !run.busy;
    });
    if (visit < 5) {
      clock.advance(15 * 86_400_000);
      await spine.get(Reconciler).fireTimers();
    }
  }
  const [run] = await db.database.query<{ id: string }>(`select id from flow.runs where started_by = $1`, [
    event,
  ]);
  return run?.id as string;
}

const cancel = (runId: string, undo?: boolean) =>
  spine.get(RunOperations).cancel(runId, 'wrong', 'key:test', undo);

const done = { step: 'ask-back', command: 'sample.ask-back.v1' };

describe('a run that is cancelled', () => {
  it('has what it did taken back, the last first, where a person asks for that', async () => {
    const runId = await remindedTwice('undone');
    expect(post.letters).toEqual(['undone#1', 'undone#2']);
    const answer = await cancel(runId, true);
    expect(answer).toEqual({
      status: 'cancelled',
      effects: [
        { ...done, undone: true },
        { ...done, undone: true },
      ],
    });
    await until('both apologies', () => post.apologies.length === 2);
    expect([...post.apologies].sort()).toEqual(['undone#1', 'undone#2']);
    const effects = await until('the ledger', async () => {
      const rows = await db.database.query<{ step: string; state: string }>(
        `select step, state from effects.effects where run_id = $1 order by step`,
        [runId],
      );
      return rows.every(({ state }) => state === 'confirmed') && rows;
    });
    expect(effects.map(({ step }) => step)).toEqual([
      'ask-back',
      'ask-back',
      'undo ask-back',
      'undo ask-back',
    ]);
  });

  it('leaves all as it is where nobody asks', async () => {
    const runId = await remindedTwice('left');
    expect(await cancel(runId)).toEqual({ status: 'cancelled' });
    const [row] = await db.database.query(`select from messaging.deliveries where run_id = $1`, [runId]);
    expect(row).toBeUndefined();
    expect(post.apologies).toEqual([]);
  });

  it('says what is not taken back', async () => {
    const runId = await remindedTwice('ours');
    const { effects } = await cancel(runId, true);
    expect(effects).toEqual([
      { ...done, undone: false },
      { ...done, undone: false },
    ]);
  });

  it('has a dead letter for what could not be taken back', async () => {
    const runId = await remindedTwice('offended');
    post.refuses = Offended();
    await cancel(runId, true);
    const letters = await until('two dead letters', async () => {
      const rows = await db.database.query<{ code: string; step: string }>(
        `select code, step from messaging.dead_letters where run_id = $1 and status = 'dead'`,
        [runId],
      );
      return rows.length === 2 && rows;
    });
    expect(letters[0]).toEqual({ code: 'SAMPLE.OFFENDED', step: 'undo ask-back' });
    const [run] = await db.database.query(`select status from flow.runs where id = $1`, [runId]);
    expect(run).toEqual({ status: 'cancelled' });
  });
});
