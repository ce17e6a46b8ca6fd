import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EffectDecisions } from '../../src/shared/effects/effect-decisions.js';
import { FlowSettings } from '../../src/shared/flow/flow-settings.js';
import { RunOperations } from '../../src/shared/flow/run-operations.js';
import { CodedError } from '../../src/shared/kernel/coded-error.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { carrier, order, sampleHandlers, shipping } from '../support/sample-flow.js';
import { billing, billingHandlers, invoice, mailer } from '../support/sample-mail-flow.js';
import { Spine } from '../support/spine.js';
import { until } from '../support/until.js';

let db: TestDatabase;
let spine: Spine;

beforeAll(async () => {
  db = await testDatabase();
  const handlers = [...sampleHandlers, ...billingHandlers];
  spine = await Spine.start({ db, flows: [shipping, billing], handlers });
});
afterAll(async () => {
  await spine.stop();
  await db.close();
});
beforeEach(() => {
  carrier.reset();
  mailer.reset();
});

interface RunRow {
  id: string;
  status: string;
  mode: string;
  step: string;
}

async function runWith(eventId: string, status: string): Promise<RunRow> {
  return until(`the run is ${status}`, async () => {
    const [run] = await db.database.query<RunRow>(`select * from flow.runs where started_by = $1`, [eventId]);
    return run?.status === status ? run : undefined;
  });
}

async function effectOf(
  runId: string,
): Promise<{ id: string; state: string; summary: string | null } | undefined> {
  const [effect] = await db.database.query<{ id: string; state: string; summary: string | null }>(
    `select id, state, summary from effects.effects where run_id = $1 order by created_at desc limit 1`,
    [runId],
  );
  return effect;
}

describe('a flow', () => {
  it('in shadow records what it would do and sends nothing', async () => {
    await spine.get(FlowSettings).setMode('shipping', 'shadow', 'test');
    const [event] = await spine.state([order('s-1')]);
    const run = await runWith(event!, 'done');
    expect(run.mode).toBe('shadow');
    expect(carrier.sends).toEqual([]);
    expect(await effectOf(run.id)).toMatchObject({ state: 'shadowed', summary: 'would ship a parcel' });
    await spine.get(FlowSettings).setMode('shipping', 'live', 'test');
  });

  it('in redirect sends to the test recipient only, and only looks where there is none', async () => {
    await spine.get(FlowSettings).setMode('billing', 'redirect', 'test');
    await spine.get(FlowSettings).setRedirect('billing', { email: 'test@example.com' }, 'test');
    const [event] = await spine.state([invoice('i-redirect', 'customer@example.com')]);
    await runWith(event!, 'done');
    expect(mailer.sent).toEqual([{ to: 'test@example.com', invoice: 'i-redirect' }]);
    await spine.get(FlowSettings).setRedirect('billing', {}, 'test');
    const [second] = await spine.state([invoice('i-nowhere', 'customer@example.com')]);
    const run = await runWith(second!, 'done');
    expect(mailer.sent).toHaveLength(1);
    expect(await effectOf(run.id)).toMatchObject({ state: 'shadowed' });
    await spine.get(FlowSettings).setMode('billing', 'live', 'test');
  });

  it('that is off starts no run; going live does not start it for what came before', async () => {
    await spine.get(FlowSettings).setMode('shipping', 'off', 'test');
    await spine.get(FlowSettings).pause('flow', 'shipping', 'test', 'test');
    const [before] = await spine.state([order('off-1')]);
    await spine.get(FlowSettings).setMode('shipping', 'live', 'test');
    await spine.get(FlowSettings).resume('flow', 'shipping', 'test');
    const [after] = await spine.state([order('on-1')]);
    await runWith(after!, 'done');
    await until('the earlier event is dealt with', async () => {
      const rows = await db.database.query(`select from messaging.attempts where message_id = $1`, [before]);
      return rows.length === 1;
    });
    expect(await db.database.query(`select from flow.runs where started_by = $1`, [before])).toEqual([]);
  });

  it('that is paused leases nothing; its connector paused holds only what needs it', async () => {
    await spine.get(FlowSettings).pause('connector', 'carrier', 'test', 'test');
    const [event] = await spine.state([order('pause-1')]);
    await until('the run waits for its connector', async () => {
      const [run] = await db.database.query<RunRow>(`select * from flow.runs where started_by = $1`, [event]);
      return run?.step === 'ship';
    });
    expect(carrier.sends).toEqual([]);
    await spine.get(FlowSettings).resume('connector', 'carrier', 'test');
    await runWith(event!, 'done');
  });

  it('that exceeds a cap is paused, and goes on when the cap is raised', async () => {
    await spine.get(FlowSettings).setCaps('billing', { perRecipientPerHour: 2 }, 'test');
    const events: string[] = [];
    for (const n of [1, 2, 3]) {
      const [event] = await spine.state([invoice(`cap-${n}`, 'one@example.com')]);
      events.push(event!);
      if (n < 3) await runWith(event!, 'done');
    }
    await until('the flow is paused', async () => {
      const rows = await db.database.query(`select from messaging.pauses where name = 'billing'`);
      return rows.length === 1;
    });
    expect(mailer.sent).toHaveLength(2);
    await spine.get(FlowSettings).setCaps('billing', {}, 'test');
    await spine.get(FlowSettings).resume('flow', 'billing', 'test');
    await runWith(events[2]!, 'done');
    expect(mailer.sent).toHaveLength(3);
  });
});

describe('an effect that cannot be looked up', () => {
  it('is tried again when nothing can have left', async () => {
    mailer.next = [new CodedError('MAIL.REFUSED', 'transient', 'no connection', { retryAfterMs: 0 })];
    const [event] = await spine.state([invoice('h-1', 'a@example.com')]);
    await runWith(event!, 'done');
    expect(mailer.sent).toHaveLength(1);
  });

  it('is uncertain when something may have left, and is never sent again by itself', async () => {
    mailer.next = [new Error('the connection was reset after DATA')];
    const [event] = await spine.state([invoice('h-2', 'a@example.com')]);
    const run = await runWith(event!, 'held');
    const effect = await effectOf(run.id);
    expect(effect?.state).toBe('uncertain');
    expect(mailer.sent).toHaveLength(0);
    await spine.get(RunOperations).retry(run.id, 'test');
    await until('the retry has asked for a person again', async () => {
      const rows = await db.database.query(
        `select from messaging.attempts where run_id = $1 and outcome = 'uncertain'`,
        [run.id],
      );
      return rows.length === 2;
    });
    expect(mailer.sent).toHaveLength(0);
    await spine
      .get(EffectDecisions)
      .decide(effect!.id, { decision: 'confirmed', result: { sent: true } }, 'seen', 'test');
    await runWith(event!, 'done');
    expect(mailer.sent).toHaveLength(0);
  });

  it('is confirmed by a retry, where the provider can show it', async () => {
    mailer.next = [new Error('the connection was reset after DATA')];
    const [event] = await spine.state([invoice('h-shown', 'a@example.com')]);
    const run = await runWith(event!, 'held');
    mailer.shown = { sent: true };
    await spine.get(RunOperations).retry(run.id, 'test');
    await runWith(event!, 'done');
    expect(mailer.sent).toHaveLength(0);
    expect(await effectOf(run.id)).toMatchObject({ state: 'confirmed', summary: 'found done' });
  });

  it('is sent again when a person says so', async () => {
    mailer.next = [new Error('the connection was reset after DATA')];
    const [event] = await spine.state([invoice('h-3', 'a@example.com')]);
    const run = await runWith(event!, 'held');
    const effect = await effectOf(run.id);
    await spine.get(EffectDecisions).decide(effect!.id, { decision: 'resend' }, 'not in the mailbox', 'test');
    await runWith(event!, 'done');
    expect(mailer.sent).toHaveLength(1);
    await expect(
      spine.get(EffectDecisions).decide(effect!.id, { decision: 'resend' }, 'again', 'test'),
    ).rejects.toMatchObject({ code: 'EFFECTS.NOT_UNCERTAIN' });
  });
});

describe('a run', () => {
  it('is cancelled at once while nothing of it is worked on', async () => {
    await spine.get(FlowSettings).pause('connector', 'carrier', 'test', 'test');
    const [event] = await spine.state([order('c-1')]);
    const run = await until('the run waits', async () => {
      const [row] = await db.database.query<RunRow>(`select * from flow.runs where started_by = $1`, [event]);
      return row?.step === 'ship' && row;
    });
    expect(await spine.get(RunOperations).cancel(run.id, 'not wanted', 'test')).toEqual({
      status: 'cancelled',
    });
    await spine.get(FlowSettings).resume('connector', 'carrier', 'test');
    expect(await db.database.query(`select from messaging.deliveries where run_id = $1`, [run.id])).toEqual(
      [],
    );
    expect(await effectOf(run.id)).toMatchObject({ state: 'abandoned' });
    await expect(spine.get(RunOperations).cancel(run.id, 'again', 'test')).rejects.toMatchObject({
      code: 'FLOW.RUN_ENDED',
    });
  });

  it('that is cancelled while a step works records its effect and takes no next step', async () => {
    const gate = Promise.withResolvers<void>();
    carrier.weigh = () => gate.promise;
    const [event] = await spine.state([order('c-2')]);
    const run = await until('the step is being worked on', async () => {
      const [row] = await db.database.query<RunRow>(
        `select r.* from flow.runs r join messaging.deliveries d on d.run_id = r.id
         where r.started_by = $1 and d.state = 'leased'`,
        [event],
      );
      return row;
    });
    expect(await spine.get(RunOperations).cancel(run.id, 'too late', 'test')).toEqual({
      status: 'cancelling',
    });
    gate.resolve();
    await runWith(event!, 'cancelled');
    expect(carrier.sends).toEqual([]);
    expect(await db.database.query(`select from messaging.deliveries where run_id = $1`, [run.id])).toEqual(
      [],
    );
  });

  it('is redone from a step with a generation of its own', async () => {
    const [event] = await spine.state([order('c-3')]);
    const run = await runWith(event!, 'done');
    carrier.parcels.clear();
    expect(await spine.get(RunOperations).redo(run.id, 'ship', 'lost on the way', 'test')).toEqual({
      generation: 1,
    });
    await until('it was sent again', () => carrier.sends.length === 2);
    await runWith(event!, 'done');
    const effects = await db.database.query(
      `select generation, state from effects.effects where run_id = $1 order by 1`,
      [run.id],
    );
    expect(effects).toEqual([
      { generation: 0, state: 'confirmed' },
      { generation: 1, state: 'confirmed' },
    ]);
  });
});
