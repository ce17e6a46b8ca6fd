import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeliveryDto } from '../../src/modules/intake/http/deliveries.dto.js';
import { newId } from '../../src/shared/kernel/ids.js';
import { Rows } from './rows.js';
import { AdminUnderTest } from './support.js';

let t: AdminUnderTest;
let rows: Rows;

beforeAll(async () => {
  t = await AdminUnderTest.start();
  rows = new Rows(t);
});
afterAll(() => t?.close());

async function idsOf(query: string): Promise<string[]> {
  const { status, body } = await t.get<{ items: DeliveryDto[] }>('viewer', `/deliveries?${query}`);
  expect(status).toBe(200);
  return body.items.map(({ id }) => id);
}

describe('inbound deliveries', () => {
  it('are listed newest first, by channel, source, state, key and time', async () => {
    const old = '018cc251-f400-7000-8000-000000000002';
    await rows.inbound({ id: old, channel: 'sms', source: 'a' });
    const accepted = await rows.inbound({ channel: 'sms', source: 'a', delivery_key: 'a:msg 1' });
    const rejected = await rows.inbound({ channel: 'sms', source: 'b', status: 'rejected' });
    expect(await idsOf('channel=sms')).toEqual([rejected, accepted, old]);
    expect(await idsOf('channel=sms&source=a')).toEqual([accepted, old]);
    expect(await idsOf('channel=sms&status=rejected')).toEqual([rejected]);
    expect(await idsOf('deliveryKey=a%3Amsg%201')).toEqual([accepted]);
    expect(await idsOf('channel=sms&since=2025-01-01T00:00:00Z&limit=1')).toEqual([rejected]);
    expect(await idsOf('channel=sms&until=2025-01-01T00:00:00Z')).toEqual([old]);
  });

  it('show the problem, or the runs that came of them', async () => {
    const problem = { code: 'INTAKE.PAYLOAD_REFUSED', message: 'no', errors: [{ pointer: '/data/email' }] };
    const refused = await rows.inbound({ status: 'rejected', problem: JSON.stringify(problem) });
    expect((await t.get('viewer', `/deliveries/${refused}`)).body).toMatchObject({
      problem,
      runs: [],
      hasRawBody: true,
    });
    const message = await rows.message();
    const fine = await rows.inbound({ message_id: message });
    const run = await rows.run({ started_by: message });
    expect((await t.get('viewer', `/deliveries/${fine}`)).body).toMatchObject({
      messageId: message,
      problem: null,
      runs: [{ id: run, flow: 'new-lead', status: 'running' }],
    });
  });

  it('an unknown one is 404, an id that is none 400', async () => {
    for (const path of ['', '/raw']) {
      expect(await t.get('operator', `/deliveries/${newId()}${path}`)).toMatchObject({
        status: 404,
        body: { code: 'INTAKE.DELIVERY_NOT_FOUND' },
      });
    }
    expect((await t.get('viewer', '/deliveries/x')).status).toBe(400);
  });
});

describe('the raw body', () => {
  it('is given byte for byte, as a download that no browser runs, and each time is noted', async () => {
    const body = Buffer.from([0, 255, 60, 115, 99, 114, 105, 112, 116, 62]);
    const id = await rows.inbound({ body, content_type: 'text/html' });
    const answer = await t.get('operator', `/deliveries/${id}/raw`);
    expect(answer.status).toBe(200);
    expect(sha(answer.raw)).toBe(sha(body));
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'x-content-type-options': 'nosniff',
      'content-disposition': `attachment; filename="delivery-${id}.bin"`,
      'cache-control': 'no-store',
    });
    const entries = (await t.audit('intake.raw-body-read')).filter(
      ({ subject }) => subject === `inbound:${id}`,
    );
    expect(entries).toMatchObject([{ actor: t.actor('operator'), outcome: 'ok' }]);
  });

  it('is refused to all others, also when it is gone', async () => {
    const id = await rows.inbound();
    for (const role of ['viewer', 'approver', 'editor', 'security-admin', 'auditor'] as const) {
      const answer = await t.get(role, `/deliveries/${id}/raw`);
      expect(answer.status).toBe(403);
      expect(answer.raw.toString()).not.toContain('alert');
    }
    expect((await t.call(undefined, 'GET', `/admin/v1/deliveries/${id}/raw`)).status).toBe(401);
    await t.db.database.query('delete from intake.raw_bodies where id = $1', [id]);
    expect(await t.get('operator', `/deliveries/${id}/raw`)).toMatchObject({
      status: 404,
      body: { code: 'INTAKE.RAW_BODY_GONE' },
    });
  });

  it('of an erased subject, or moved from another row, is not given', async () => {
    const id = await rows.inbound();
    const other = await rows.inbound({ body: Buffer.from('of another') });
    await t.db.database.query(
      `update intake.raw_bodies b set body = o.body, key_id = o.key_id from intake.raw_bodies o where b.id = $1 and o.id = $2`,
      [id, other],
    );
    expect(await t.get('operator', `/deliveries/${id}/raw`)).toMatchObject({
      status: 422,
      body: { code: 'CRYPTO.CIPHERTEXT_REFUSED' },
    });
    await t.db.database.query(`update intake.raw_bodies set key_id = $2 where id = $1`, [other, newId()]);
    expect(await t.get('operator', `/deliveries/${other}/raw`)).toMatchObject({
      status: 422,
      body: { code: 'CRYPTO.DATA_KEY_MISSING' },
    });
  });
});

function sha(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
