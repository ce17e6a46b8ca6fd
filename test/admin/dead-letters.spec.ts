import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeadLetterDto } from '../../src/shared/admin/dead-letters/dead-letters.dto.js';
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
beforeEach(() => t.db.database.query('delete from messaging.dead_letters'));

type Page = { items: DeadLetterDto[]; nextCursor: string | null };

async function idsOf(query = ''): Promise<string[]> {
  const { status, body } = await t.get<Page>('viewer', `/dead-letters?${query}`);
  expect(status).toBe(200);
  return body.items.map(({ id }) => id);
}

const post = <T = Record<string, never>>(path: string, body?: unknown) =>
  t.call<T>('operator', 'POST', `/admin/v1/dead-letters${path}`, { body });

const statusOf = async (id: string) =>
  (await t.get<DeadLetterDto>('viewer', `/dead-letters/${id}`)).body.status;

describe('the list of dead letters', () => {
  it('shows open ones unless told otherwise, and filters', async () => {
    const runId = await rows.run({ status: 'held' });
    const a = await rows.deadLetter({ run_id: runId, died_at: '2026-01-01T00:00:00.000001Z' });
    const b = await rows.deadLetter({ status: 'uncertain', flow: 'other', died_at: '2026-01-02T00:00:00Z' });
    const c = await rows.deadLetter({ status: 'discarded', died_at: '2026-01-03T00:00:00Z' });
    const d = await rows.deadLetter({ code: 'X.Y', type: 'a.b.v1', died_at: '2026-01-04T00:00:00Z' });
    expect(await idsOf()).toEqual([d, b, a]);
    expect(await idsOf('status=uncertain')).toEqual([b]);
    expect(await idsOf('status=discarded,dead')).toEqual([d, c, a]);
    expect(await idsOf('flow=other')).toEqual([b]);
    expect(await idsOf('code=X.Y&type=a.b.v1')).toEqual([d]);
    expect(await idsOf(`runId=${runId}`)).toEqual([a]);
    expect(await idsOf('before=2026-01-03T12:00:00Z')).toEqual([b, a]);
  });

  it('pages without gaps or duplicates where many died in one microsecond and ids carry no time', async () => {
    const made = new Set<string>();
    for (let i = 0; i < 23; i++) {
      const id = uuidOf(String(i));
      await rows.deadLetter({ delivery_id: id, died_at: `2026-01-01T00:00:00.00000${i % 3}Z` });
      made.add(id);
    }
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const path: string = `/dead-letters?limit=4${cursor && `&cursor=${cursor}`}`;
      const { body } = await t.get<Page>('viewer', path);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
      expect(JSON.stringify(body)).not.toContain('"at":');
    }
    expect(seen).toHaveLength(23);
    expect(new Set(seen)).toEqual(made);
  });

  it('refuses a cursor whose id is no UUID', async () => {
    const cursor = Buffer.from(JSON.stringify({ at: '2026-01-01T00:00:00Z', id: 'x' })).toString('base64url');
    expect((await t.get('viewer', `/dead-letters?cursor=${cursor}`)).status).toBe(400);
  });
});

describe('one dead letter', () => {
  it('shows its error and attempts; its payload only to who may read it, noted each time', async () => {
    const id = await rows.deadLetter({ payload: { email: 'ada@example.com' } });
    await rows.attempt({ delivery_id: id, number: 1, outcome: 'retry' });
    await rows.attempt({ delivery_id: id, number: 2, outcome: 'dead' });
    const { body } = await t.get<{ attemptList: { number: number }[] }>('viewer', `/dead-letters/${id}`);
    expect(body).toMatchObject({ id, error: { code: 'CRM.CONTACT_REJECTED' }, holdsItsKey: false });
    expect(body.attemptList.map(({ number }) => number)).toEqual([1, 2]);
    expect(JSON.stringify(body)).not.toContain('ada@');
    expect((await t.get('viewer', `/dead-letters/${id}/payload`)).status).toBe(403);
    expect((await t.get('auditor', `/dead-letters/${id}/payload`)).status).toBe(403);
    const opened = await t.get('operator', `/dead-letters/${id}/payload`);
    expect(opened).toMatchObject({ status: 200, body: { payload: { email: 'ada@example.com' } } });
    expect(await t.audit('messaging.payload-read')).toMatchObject([{ subject: `delivery:${id}` }]);
  });

  it('is retried once: the second person is told', async () => {
    const runId = await rows.run({ status: 'held' });
    const id = await rows.deadLetter({ run_id: runId });
    expect(await post(`/${id}/retry`)).toMatchObject({ status: 200, body: { count: 1, ids: [id] } });
    expect(await post(`/${id}/retry`)).toMatchObject({
      status: 409,
      body: { code: 'MESSAGING.DEAD_LETTER_NOT_OPEN' },
    });
    expect(await statusOf(id)).toBe('retried');
    expect((await t.get('viewer', `/runs/${runId}`)).body).toMatchObject({ status: 'running' });
  });

  it('is discarded with a reason, which ends its run', async () => {
    const runId = await rows.run({ status: 'held' });
    const id = await rows.deadLetter({ run_id: runId });
    expect((await post(`/${id}/discard`, {})).status).toBe(400);
    expect((await post(`/${id}/discard`, { reason: 'a test' })).status).toBe(200);
    expect((await t.get('viewer', `/dead-letters/${id}`)).body).toMatchObject({
      status: 'discarded',
      closedBy: t.actor('operator'),
      closeReason: 'a test',
    });
    expect((await t.get('viewer', `/runs/${runId}`)).body).toMatchObject({ status: 'failed' });
  });

  it('an unknown one is 404', async () => {
    const id = newId();
    for (const answer of [
      await t.get('operator', `/dead-letters/${id}`),
      await t.get('operator', `/dead-letters/${id}/payload`),
      await post(`/${id}/retry`),
      await post(`/${id}/discard`, { reason: 'x' }),
    ]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'ADMIN.DEAD_LETTER_NOT_FOUND' } });
    }
  });
});

/** As of an event's delivery: any version and variant. */
function uuidOf(text: string): string {
  return createHash('md5')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
