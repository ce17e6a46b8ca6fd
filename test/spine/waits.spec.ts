import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApprovalDecisions } from '../../src/shared/flow/approval-decisions.js';
import { RunOperations } from '../../src/shared/flow/run-operations.js';
import { ShiftedClock } from '../../src/shared/kernel/clock.js';
import type { CodedError } from '../../src/shared/kernel/coded-error.js';
import { Reconciler } from '../../src/shared/messaging/reconciler.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import {
  lending,
  lendingHandlers,
  lent,
  post,
  renewed,
  returned,
  wrote,
} from '../support/sample-wait-flow.js';
import { Spine } from '../support/spine.js';
import { until } from '../support/until.js';

const day = 86_400_000;
const approver = { actor: 'key:approver', roles: ['approver'] };

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
afterEach(async () => {
  await settled();
  // What a run waited for goes with it: nothing is left behind by runs that have ended.
  const left = await db.database.query(
    `select w.run_id from flow.waits w join flow.runs r on r.id = w.run_id where r.status <> 'running'
     union all select t.run_id from messaging.timers t join flow.runs r on r.id = t.run_id where r.status <> 'running'
     union all select a.run_id from flow.approvals a join flow.runs r on r.id = a.run_id
       where r.status <> 'running' and a.state = 'open'`,
  );
  expect(left).toEqual([]);
});

interface Run {
  id: string;
  status: string;
  step: string;
  visit: number;
}

async function run(eventId: string | undefined): Promise<Run | undefined> {
  const [found] = await db.database.query<Run>(
    `select id, status, step, visit from flow.runs where started_by = $1`,
    [eventId],
  );
  return found;
}

async function at(eventId: string | undefined, step: string, visit?: number): Promise<Run> {
  return until(`the run of ${eventId} at ${step}`, async () => {
    const found = await run(eventId);
    return found?.status === 'running' && found.step === step && found.visit >= (visit ?? 1) && found;
  });
}

async function ended(eventId: string | undefined): Promise<string> {
  return until(`the end of the run of ${eventId}`, async () => {
    const found = await run(eventId);
    return found && found.status !== 'running' ? found.status : undefined;
  });
}

async function settled(): Promise<void> {
  await until('nothing to be under way', async () => {
    const [row] = await db.database.query<{ n: number }>(
      `select count(*)::int as n from messaging.deliveries`,
    );
    return row?.n === 0;
  });
}

/** Time passes; what is due is found at once. */
async function pass(days: number): Promise<void> {
  clock.advance(days * day);
  await spine.get(Reconciler).fireTimers();
}

async function approvalOf(runId: string): Promise<{ id: string; hash: string; state: string; what: string }> {
  const [found] = await db.database.query<{ id: string; hash: string; state: string; what: string }>(
    `select id, encode(proposal_hash, 'hex') as hash, state, what from flow.approvals where run_id = $1
     order by created_at desc limit 1`,
    [runId],
  );
  return found as { id: string; hash: string; state: string; what: string };
}

describe('a run that waits for a time', () => {
  it('goes on when it has come, again and again, and asks a person in the end', async () => {
    const [event] = await spine.state([lent('a')]);
    await at(event, 'out');
    await pass(13);
    await settled();
    expect(post.letters).toEqual([]);
    await pass(1.1);
    await at(event, 'out', 3);
    expect(post.letters).toEqual(['a#1']);
    await pass(7.1);
    const asked = await at(event, 'give-up');
    expect(post.letters).toEqual(['a#1', 'a#2']);
    expect(await approvalOf(asked.id)).toMatchObject({ state: 'open', what: 'Is a lost?' });
    await pass(14.1);
    expect(await ended(event)).toBe('failed');
    expect((await approvalOf(asked.id)).state).toBe('expired');
  });

  it('goes on after the process was away', async () => {
    const [event] = await spine.state([lent('away')]);
    await at(event, 'out');
    await spine.stop();
    clock.advance(14.1 * day);
    spine = await Spine.start({ db, flows: [lending], handlers: lendingHandlers, clock });
    await at(event, 'out', 3);
    expect(post.letters).toEqual(['away#1']);
    await spine.state([returned('away')]);
    await ended(event);
  });
});

describe('a run whose decision cannot be carried out', () => {
  it('is held with a dead letter, and goes on when that is tried again', async () => {
    const [event] = await spine.state([lent('unsendable')]);
    await at(event, 'out');
    await db.database.query(`update flow.runs set step = 'no-such-step' where started_by = $1`, [event]);
    await pass(14.1);
    expect(await ended(event)).toBe('held');
    await db.database.query(`update flow.runs set step = 'out' where started_by = $1`, [event]);
    const found = await run(event);
    await spine.get(RunOperations).retry(found?.id ?? '', 'key:test');
    await at(event, 'out', 3);
    expect(post.letters).toEqual(['unsendable#1']);
    await spine.state([returned('unsendable')]);
    await ended(event);
  });
});

describe('a run that listens', () => {
  it('ends by an event wherever it stands, and wakes nobody else', async () => {
    const [a, b] = await spine.state([lent('ends'), lent('stays')]);
    await Promise.all([at(a, 'out'), at(b, 'out')]);
    await spine.state([returned('ends')]);
    expect(await ended(a)).toBe('done');
    expect((await run(b))?.status).toBe('running');
    await spine.state([returned('stays')]);
    expect(await ended(b)).toBe('done');
  });

  it('is moved by the first of several events; one that does not concern it changes nothing', async () => {
    const [event] = await spine.state([lent('words', 'Ada')]);
    await at(event, 'out');
    await spine.state([wrote('Ada', false)]);
    await settled();
    expect(await run(event)).toMatchObject({ step: 'out', visit: 1 });
    await spine.state([wrote('Ada', true)]);
    await at(event, 'promised');
    // It waits for no time any more.
    await pass(15);
    await settled();
    expect(await run(event)).toMatchObject({ step: 'promised' });
    await spine.state([renewed('words', 3)]);
    await at(event, 'out', 3);
    await spine.state([returned('words')]);
    await ended(event);
  });

  it('misses no event that comes while it is about to wait', async () => {
    const books = Array.from({ length: 40 }, (_, i) => `race-${i}`);
    const events = await spine.state(books.map((book) => lent(book)));
    // Some of these come before the run exists, some while it is being committed, some after.
    await Promise.all(
      books.map(async (book, i) => {
        await new Promise((resolve) => setTimeout(resolve, i * 2));
        await spine.state([renewed(book, 30)]);
      }),
    );
    await settled();
    const runs = await Promise.all(events.map((event) => run(event)));
    // The renewal was seen by every run: either it was there already, or it moved the run to its second visit.
    const unseen = runs.filter((one) => one?.visit === 1);
    for (const { id } of unseen as Run[]) {
      const [before] = await db.database.query<{ before: boolean }>(
        `select k.at < r.created_at - interval '10 s' as before from flow.runs r join flow.kept_events k on true
         where r.id = $1 limit 1`,
        [id],
      );
      expect(before?.before).not.toBe(false);
    }
    expect(unseen.length).toBe(0);
    await spine.state(books.map((book) => returned(book)));
    for (const event of events) expect(await ended(event)).toBe('done');
  });

  it('hears what came while it was busy, and the effect of that step is recorded', async () => {
    let release: () => void = () => undefined;
    const busy = new Promise<void>((resolve) => (release = resolve));
    let began: () => void = () => undefined;
    const sending = new Promise<void>((resolve) => (began = resolve));
    post.beforeSend = async () => {
      began();
      await busy;
    };
    const [event] = await spine.state([lent('busy')]);
    await at(event, 'out');
    await pass(14.1);
    await sending;
    await spine.state([renewed('busy', 60)]);
    await until('the event to be kept', async () => {
      const [row] = await db.database.query<{ n: number }>(
        `select count(*)::int as n from flow.kept_events where at > now() - interval '2 s'`,
      );
      return (row?.n ?? 0) > 0;
    });
    release();
    // The letter was sent, the run waits again, and the renewal that came meanwhile moves it.
    await at(event, 'out', 4);
    expect(post.letters).toEqual(['busy#1']);
    await spine.state([returned('busy')]);
    await ended(event);
  });

  it('that ends while a step is busy takes no next step, and its effect is recorded', async () => {
    let release: () => void = () => undefined;
    const busy = new Promise<void>((resolve) => (release = resolve));
    let began: () => void = () => undefined;
    const sending = new Promise<void>((resolve) => (began = resolve));
    post.beforeSend = async () => {
      began();
      await busy;
    };
    const [event] = await spine.state([lent('late')]);
    const { id } = await at(event, 'out');
    await pass(14.1);
    await sending;
    await spine.state([returned('late')]);
    expect(await ended(event)).toBe('done');
    release();
    await until('the effect to be recorded', async () => {
      const [effect] = await db.database.query<{ state: string }>(
        `select state from effects.effects where run_id = $1`,
        [id],
      );
      return effect?.state === 'confirmed';
    });
    expect(await run(event)).toMatchObject({ status: 'done', step: 'ask-back' });
  });

  it('is moved once by the same event, however often it is delivered', async () => {
    const [event] = await spine.state([lent('twice')]);
    await at(event, 'out');
    const [renewal] = await spine.state([renewed('twice', 30)]);
    await at(event, 'out', 2);
    await db.database.query(
      `insert into messaging.deliveries (id, message_id, type, handler, lane, capability, flow, max_attempts)
       select gen_random_uuid(), $1, event_type, handler, lane, capability, flow, 14 from messaging.subscriptions
       where subscriber = 'flow:lending:events' and event_type = 'sample.loan-renewed.v1'`,
      [renewal],
    );
    await settled();
    await spine.state([returned('twice')]);
    await ended(event);
    expect(await run(event)).toMatchObject({ visit: 2 });
  });
});

describe('a run that asks', () => {
  async function asking(
    book: string,
  ): Promise<{ event: string | undefined; run: Run; approval: { id: string; hash: string } }> {
    const [event] = await spine.state([lent(book, `reader of ${book}`, 0)]);
    await spine.get(Reconciler).fireTimers();
    await at(event, 'out', 3);
    await pass(7.1);
    const asked = await at(event, 'give-up');
    return { event, run: asked, approval: await approvalOf(asked.id) };
  }
  const decisions = (): ApprovalDecisions => spine.get(ApprovalDecisions);

  it('goes on as the person decides, with what was approved', async () => {
    const { event, approval } = await asking('yes');
    const { id, hash } = approval;
    await decisions().decide(id, { decision: 'approved', hash, reason: 'it is' }, approver);
    const gone = await at(event, 'out', 6);
    const [timer] = await db.database.query<{ days: number }>(
      `select extract(epoch from due_at - now() - $2 * interval '1 ms')::float8 / 86400 as days
       from messaging.timers where run_id = $1`,
      [gone.id, clock.shiftMs],
    );
    expect(timer?.days).toBeCloseTo(20, 1);
    await expect(
      decisions().decide(id, { decision: 'denied', hash, reason: 'no' }, approver),
    ).rejects.toMatchObject({ code: 'FLOW.APPROVAL_CLOSED' });
    await spine.state([returned('yes')]);
    await ended(event);
  });

  it('ends when the person denies', async () => {
    const { event, approval } = await asking('no');
    await decisions().decide(
      approval.id,
      { decision: 'denied', hash: approval.hash, reason: 'found' },
      approver,
    );
    expect(await ended(event)).toBe('cancelled');
  });

  it('takes an amended proposal from somebody else than who amended it', async () => {
    const { event, approval } = await asking('amended');
    const wish = { proposal: { price: 5, book: 'amended' }, hash: approval.hash, reason: 'it was old' };
    const { hash, version } = await decisions().amend(approval.id, wish, approver);
    expect(version).toBe(2);
    const decision = { decision: 'approved', reason: 'so be it' } as const;
    await expect(
      decisions().decide(approval.id, { ...decision, hash: approval.hash }, approver),
    ).rejects.toMatchObject({ code: 'FLOW.APPROVAL_CHANGED' });
    await expect(decisions().decide(approval.id, { ...decision, hash }, approver)).rejects.toMatchObject({
      code: 'FLOW.OWN_PROPOSAL',
    });
    const other = { actor: 'key:other', roles: ['approver'] };
    await decisions().decide(approval.id, { ...decision, hash }, other);
    await at(event, 'out', 6);
    const audit = await db.database.query<{ action: string; actor: string }>(
      `select action, actor from audit.entries where subject = $1 order by seq`,
      [`approval:${approval.id}`],
    );
    expect(audit).toEqual([
      { action: 'flow.approval-amended', actor: 'key:approver' },
      { action: 'flow.approval-approved', actor: 'key:other' },
    ]);
    await spine.state([returned('amended')]);
    await ended(event);
  });

  it('is answered only by the role that it asks', async () => {
    const { event, approval } = await asking('role');
    await expect(
      decisions().decide(
        approval.id,
        { decision: 'approved', hash: approval.hash, reason: 'x' },
        { actor: 'key:viewer', roles: ['viewer'] },
      ),
    ).rejects.toMatchObject({ code: 'FLOW.NOT_ASKED' });
    await spine.state([returned('role')]);
    expect(await ended(event)).toBe('done');
    const [row] = await db.database.query<{ state: string }>(
      `select state from flow.approvals where id = $1`,
      [approval.id],
    );
    expect(row?.state).toBe('superseded');
  });

  it('by time or by person, never by both', async () => {
    const { event, run: asked, approval } = await asking('both');
    clock.advance(13.9 * day);
    const decided = decisions()
      .decide(approval.id, { decision: 'approved', hash: approval.hash, reason: 'x' }, approver)
      .then(
        () => 'approved',
        (error: CodedError) => error.code,
      );
    clock.advance(0.2 * day);
    await spine.get(Reconciler).fireTimers();
    const outcome = await decided;
    await settled();
    const [row] = await db.database.query<{ state: string }>(
      `select state from flow.approvals where run_id = $1`,
      [asked.id],
    );
    const now = await run(event);
    if (outcome === 'approved')
      expect({ row, now }).toMatchObject({ row: { state: 'approved' }, now: { step: 'out' } });
    else expect({ row, now }).toMatchObject({ row: { state: 'expired' }, now: { status: 'failed' } });
    await spine.state([returned('both')]);
    await ended(event);
  });
});

describe('a run that waits and is operated', () => {
  it('is cancelled with all that it waits for', async () => {
    const [event] = await spine.state([lent('cancelled')]);
    const { id } = await at(event, 'out');
    await spine.get(RunOperations).cancel(id, 'a test', 'key:test');
    expect(await ended(event)).toBe('cancelled');
    await pass(15);
    await spine.state([returned('cancelled')]);
    await settled();
    expect(post.letters).toEqual([]);
  });

  it('is redone from a step, and listens again', async () => {
    const [event] = await spine.state([lent('redone')]);
    const { id } = await at(event, 'out');
    await spine.state([returned('redone')]);
    await ended(event);
    await spine.get(RunOperations).redo(id, 'out', 'it was not returned', 'key:test');
    await at(event, 'out', 2);
    await spine.state([returned('redone')]);
    expect(await ended(event)).toBe('done');
  });

  it('that lost what would move it is moved again by a retry', async () => {
    const [event] = await spine.state([lent('lost')]);
    const { id } = await at(event, 'out');
    await expect(spine.get(RunOperations).retry(id, 'key:test')).rejects.toMatchObject({
      code: 'FLOW.RUN_NOT_HELD',
    });
    await db.database.query(`delete from messaging.timers where run_id = $1`, [id]);
    await db.database.query(`delete from flow.waits where run_id = $1`, [id]);
    await spine.get(RunOperations).retry(id, 'key:test');
    await spine.state([returned('lost')]);
    expect(await ended(event)).toBe('done');
  });

  it('is found under every name that its state tells', async () => {
    const [event] = await spine.state([lent('named', 'grace@example.com')]);
    const { id } = await at(event, 'out');
    const keys = await db.database.query(`select from flow.run_keys where run_id = $1`, [id]);
    expect(keys).toHaveLength(1);
    await spine.state([returned('named')]);
    await ended(event);
  });
});
