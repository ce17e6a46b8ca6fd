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

describe('what operators do to runs', () => {
  const post = (id: string, what: string, body?: unknown) =>
    t.call('operator', 'POST', `/admin/v1/runs/${id}/${what}`, { body });

  it('cancel: with a reason, once', async () => {
    const id = await rows.run();
    await rows.delivery({ run_id: id });
    expect((await post(id, 'cancel', {})).status).toBe(400);
    expect((await post(id, 'cancel', { reason: 'a\u0000b' })).status).toBe(400);
    expect(await post(id, 'cancel', { reason: 'sent twice' })).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    });
    expect(await post(id, 'cancel', { reason: 'again' })).toMatchObject({
      status: 409,
      body: { code: 'FLOW.RUN_ENDED' },
    });
    const { body } = await t.get<RunDetailDto>('viewer', `/runs/${id}`);
    expect(body).toMatchObject({
      status: 'cancelled',
      reason: 'sent twice',
      waitingFor: { kind: 'nothing' },
    });
    expect(body.timeline.at(-1)?.text).toBe(`${t.actor('operator')}: flow.run-cancelled (sent twice)`);
  });

  it('retry: what is held runs again, what is not is a conflict', async () => {
    const id = await rows.run({ status: 'held' });
    const delivery = await rows.deadLetter({ run_id: id });
    expect(await post(id, 'retry')).toMatchObject({ status: 200, body: { deliveries: [delivery] } });
    expect((await t.get<RunDetailDto>('viewer', `/runs/${id}`)).body).toMatchObject({
      status: 'running',
      waitingFor: { kind: 'queued', deliveryId: delivery },
    });
    expect(await post(id, 'retry')).toMatchObject({ status: 409, body: { code: 'FLOW.RUN_NOT_HELD' } });
  });

  it('redo: a new generation from a step on; an unknown step is refused', async () => {
    const state = {
      submitted: {
        submissionId: newId(),
        form: 'contact',
        submittedAt: new Date().toISOString(),
        fields: {},
        extra: {},
      },
    };
    const id = await rows.run({ status: 'done', state });
    const redo = { step: 'enrich-lead', reason: 'policy changed' };
    expect((await post(id, 'redo', { ...redo, step: 'no-such' })).body).toMatchObject({
      code: 'FLOW.STEP_UNKNOWN',
    });
    expect(await post(id, 'redo', redo)).toMatchObject({ status: 200, body: { generation: 1 } });
    expect(await post(id, 'redo', redo)).toMatchObject({
      status: 409,
      body: { code: 'FLOW.RUN_STILL_OPEN' },
    });
  });

  it('the same Idempotency-Key does it once', async () => {
    const id = await rows.run();
    const options = { body: { reason: 'once' }, headers: { 'idempotency-key': 'cancel-1' } };
    const call = () => t.call('operator', 'POST', `/admin/v1/runs/${id}/cancel`, options);
    expect((await call()).status).toBe(200);
    expect(await call()).toMatchObject({ status: 200, headers: { 'idempotency-replayed': 'true' } });
  });
});
