import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeadLetterDto } from '../../src/shared/admin/dead-letters/dead-letters.dto.js';
import { Database } from '../../src/shared/database/database.js';
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

describe('many dead letters at once', () => {
  it('by ids: those that are open are moved', async () => {
    const [a, b, c] = [
      await rows.deadLetter(),
      await rows.deadLetter(),
      await rows.deadLetter({ status: 'discarded' }),
    ];
    expect((await post('/retry', { ids: [a, a, b, c] })).body).toMatchObject({ count: 2 });
    expect([await statusOf(a), await statusOf(b), await statusOf(c)]).toEqual([
      'retried',
      'retried',
      'discarded',
    ]);
  });

  it('by filter: asks first, tells how many match, and does it when that number is confirmed', async () => {
    for (let i = 0; i < 3; i++) await rows.deadLetter({ code: 'A.B' });
    const other = await rows.deadLetter({ code: 'C.D' });
    const filter = { code: 'A.B' };
    const asked = await post('/discard', { filter, reason: 'broken form' });
    expect(asked).toMatchObject({
      status: 409,
      body: { code: 'ADMIN.NOT_CONFIRMED', details: { count: 3 } },
    });
    expect((await post('/discard', { filter, reason: 'broken form', confirm: 4 })).status).toBe(409);
    expect(await idsOf()).toHaveLength(4);
    const done = await post('/discard', { filter, reason: 'broken form', confirm: 3 });
    expect(done).toMatchObject({ status: 200, body: { count: 3 } });
    expect(await idsOf()).toEqual([other]);
    expect(await t.audit('messaging.dead-letter-discarded')).toHaveLength(3);
  });

  it.each([
    ['ids', (id: string) => ({ ids: [id] })],
    ['filter', () => ({ filter: { code: 'A.B' }, confirm: 1 })],
  ])('by %s: one that dies again meanwhile is not moved a second time', async (_, body) => {
    const id = await rows.deadLetter({ code: 'A.B' });
    const database = t.app.get(Database);
    const transaction = database.transaction.bind(database);
    const spy = vi.spyOn(database, 'transaction').mockImplementation(async (work) => {
      const result = await transaction(work);
      await t.db.database.query(`delete from messaging.deliveries where id = $1`, [id]);
      await t.db.database.query(
        `update messaging.dead_letters set status = 'dead', died_at = clock_timestamp() where status = 'retried'`,
      );
      return result;
    });
    const answer = await post('/retry', body(id));
    spy.mockRestore();
    expect(answer).toMatchObject({ status: 200, body: { count: 1 } });
    expect(await idsOf()).toEqual([id]);
  });

  it('by filter with a time: what died later stays', async () => {
    const old = await rows.deadLetter({ died_at: '2026-01-01T00:00:00Z' });
    const fresh = await rows.deadLetter();
    const body = { filter: { before: '2026-01-02T00:00:00Z' }, confirm: 1 };
    expect((await post('/retry', body)).body).toMatchObject({ ids: [old] });
    expect(await idsOf()).toEqual([fresh]);
  });

  it.each([
    ['neither', {}, 'ADMIN.SELECTION_INVALID'],
    ['both', { ids: [newId()], filter: { code: 'A' } }, 'ADMIN.SELECTION_INVALID'],
    ['an empty filter', { filter: {}, confirm: 0 }, 'ADMIN.SELECTION_INVALID'],
    ['no ids', { ids: [] }, 'HTTP.VALIDATION_FAILED'],
    ['what is no id', { ids: ['x'] }, 'HTTP.VALIDATION_FAILED'],
    ['an unknown condition', { filter: { lane: 'hubspot' }, confirm: 1 }, 'HTTP.VALIDATION_FAILED'],
  ])('refuses %s', async (_, body, code) => {
    await rows.deadLetter();
    expect(await post('/retry', body)).toMatchObject({ status: 400, body: { code } });
    expect(await idsOf()).toHaveLength(1);
  });
});
