import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/shared/kernel/ids.js';
import type { RunDetailDto } from '../../src/shared/admin/runs/run-detail.dto.js';
import { Rows } from './rows.js';
import { AdminUnderTest } from './support.js';

let t: AdminUnderTest;
let rows: Rows;

beforeAll(async () => {
  t = await AdminUnderTest.start();
  rows = new Rows(t);
});
afterAll(() => t?.close());

type Problem = { code: string; errors?: { pointer: string }[] };

describe('one run', () => {
  it('tells everything that happened, in order, and nothing that a person wrote', async () => {
    const deliveryId = await rows.inbound({ source: 'contact', received_at: at(0) });
    const event = await rows.message({ correlationid: deliveryId });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const id = await rows.run({ started_by: event, status: 'held', created_at: at(1), traceparent });
    const delivery = newId();
    const error = { code: 'CRM.UNAVAILABLE', kind: 'transient', message: 'busy', details: {} };
    const step = { run_id: id, delivery_id: delivery };
    await rows.attempt({ ...step, outcome: 'retry', error, started_at: at(2), finished_at: at(2.5) });
    await rows.attempt({ ...step, number: 2, outcome: 'dead', error, started_at: at(3), finished_at: at(3) });
    await rows.effect({ run_id: id, state: 'failed', summary: 'create contact', updated_at: at(4) });
    await rows.deadLetter({
      delivery_id: delivery,
      run_id: id,
      status: 'dead',
      died_at: at(5),
      code: error.code,
    });
    await t.call('operator', 'GET', `/admin/v1/runs/${id}/state`);

    const { status, body } = await t.get<RunDetailDto>('viewer', `/runs/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ deliveryId, startedBy: event, traceId: '0af7651916cd43dd8448eb211c80319c' });
    expect(body.waitingFor).toMatchObject({
      kind: 'dead-letter',
      requires: error.code,
      deliveryId: delivery,
    });
    expect(body.timeline.map(({ text }) => text)).toEqual([
      'intake.form-submitted.v1 accepted from forms/contact',
      'new-lead@1 started in live mode',
      'upsert-contact, attempt 1: retry with CRM.UNAVAILABLE: busy',
      'upsert-contact, attempt 2: dead with CRM.UNAVAILABLE: busy',
      'effect on hubspot failed: create contact',
      'dead letter CRM.UNAVAILABLE',
      `${t.actor('operator')}: flow.run-state-read`,
    ]);
    expect(body.timeline.map(({ kind }) => kind).join(' ')).toBe(
      'event run attempt attempt effect dead-letter action',
    );
    expect(body.timeline[2]?.durationMs).toBe(500);
    expect(JSON.stringify(body)).not.toContain('of a person');
  });

  it.each([
    [
      'leased',
      { state: 'leased', lease_expires_at: new Date(Date.now() + 9e4), attempts: 2 },
      'works on it, attempt 2',
    ],
    ['due', { due_at: new Date(Date.now() + 60_000), attempts: 2 }, 'attempt 3'],
    ['queued', {}, 'due now'],
    ['parked', { state: 'parked', capability: 'new-lead@9:x.y.v1' }, 'no process can run new-lead@9:x.y.v1'],
    ['suspect', { state: 'suspect' }, 'its worker died'],
  ])('says that it is %s', async (kind, delivery, text) => {
    const id = await rows.run();
    const deliveryId = await rows.delivery({ run_id: id, ...delivery });
    const { body } = await t.get<RunDetailDto>('viewer', `/runs/${id}`);
    expect(body.waitingFor).toMatchObject({ kind, deliveryId });
    expect(body.waitingFor.text).toContain(text);
  });

  it('says that it waits for a timer, for its turn, for who paused it, for nothing, and that it is stranded', async () => {
    const waiting = async (id: string) =>
      (await t.get<RunDetailDto>('viewer', `/runs/${id}`)).body.waitingFor;
    const timed = await rows.run();
    const { id, message_id, ...timer } = {
      ...{
        id: newId(),
        due_at: new Date(Date.now() + 5_000),
        message_id: newId(),
        type: 'a.b.v1',
        handler: 'flow.step',
      },
      ...{
        lane: 'local',
        capability: 'c',
        flow: 'new-lead',
        run_id: timed,
        step: 's',
        visit: 1,
        hold: false,
      },
    };
    await rows.insert('messaging.timers', { id, message_id, ...timer, max_attempts: 1 });
    expect(await waiting(timed)).toMatchObject({ kind: 'timer', step: 's' });

    const order_key = Buffer.from('key');
    await rows.delivery({ order_key });
    const second = await rows.run();
    await rows.delivery({ order_key, run_id: second });
    expect(await waiting(second)).toMatchObject({ kind: 'order', text: '1 of the same key come first' });

    const paused = await rows.run();
    await rows.delivery({ run_id: paused, lane: 'smtp', flow: 'halted' });
    await rows.insert('messaging.pauses', {
      kind: 'connector',
      name: 'smtp',
      reason: 'costs',
      paused_by: 'key:a',
    });
    expect(await waiting(paused)).toMatchObject({ kind: 'paused', requires: 'connector smtp' });

    expect(await waiting(await rows.run({ status: 'done' }))).toMatchObject({
      kind: 'nothing',
      text: 'the run is done',
    });
    expect(await waiting(await rows.run())).toMatchObject({ kind: 'stranded' });
  });

  it('shows its state to who may read it alone, and notes each time', async () => {
    const id = await rows.run({ state: { email: 'ada@example.com' } });
    for (const role of ['viewer', 'approver', 'editor', 'auditor', 'security-admin'] as const) {
      expect((await t.get(role, `/runs/${id}/state`)).status).toBe(403);
    }
    const answer = await t.get('operator', `/runs/${id}/state`);
    expect(answer).toMatchObject({ status: 200, body: { state: { email: 'ada@example.com' } } });
    const entries = (await t.audit('flow.run-state-read')).filter(({ runId }) => runId === id);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ actor: t.actor('operator'), outcome: 'ok', subject: `run:${id}` });
  });

  it('an unknown one is 404, an id that is none 400', async () => {
    const unknown = newId();
    for (const path of ['', '/state']) {
      const answer = await t.get('operator', `/runs/${unknown}${path}`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'FLOW.RUN_NOT_FOUND' } });
    }
    const answer = await t.get<Problem>('viewer', '/runs/1');
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'HTTP.VALIDATION_FAILED', errors: [{ pointer: '/id' }] },
    });
  });
});

function at(seconds: number): Date {
  return new Date(Date.now() - 100_000 + seconds * 1_000);
}
