import { Body, Controller, Delete, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Can } from '../../src/shared/access/permissions.js';
import { IdempotencyStore } from '../../src/shared/http/idempotency-store.js';
import { CodedError } from '../../src/shared/kernel/coded-error.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/until.js';
import { startApplication, type TestApplication } from './application.js';

const calls: Record<string, number> = {};
let gate: Promise<void> = Promise.resolve();

@Controller('admin/v1/replays')
class Replays {
  @Post(':what')
  @Can('retry', 'DeadLetter')
  async perform(
    @Param('what') what: string,
    @Body() body: object,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const count = (calls[what] = (calls[what] ?? 0) + 1);
    if (what.startsWith('slow')) await gate;
    if (what === 'broken') throw new Error(`defect ${count}`);
    if (what === 'refused') throw new CodedError('TEST.REFUSED', 'conflict', `no ${count}`);
    if (what === 'busy' && count === 1) throw new CodedError('TEST.BUSY', 'transient', 'later');
    if (what === 'accepted') reply.status(202).header('location', `/admin/v1/replays/${count}`);
    return { count, secret: 'canary-5f1c', body, at: new Date(0) };
  }

  @Delete(':what')
  @HttpCode(204)
  @Can('discard', 'DeadLetter')
  discard(@Param('what') what: string): void {
    calls[what] = (calls[what] ?? 0) + 1;
  }
}

let db: TestDatabase;
let t: TestApplication;
let mine: { authorization: string; id: string };

beforeAll(async () => {
  db = await testDatabase();
  t = await startApplication({ database: db.database, controllers: [Replays] });
  mine = await t.keyWith('operator');
});
afterAll(async () => {
  await t?.close();
  await db?.close();
});

const send = (
  what: string,
  key: string,
  payload: unknown = { a: 1, b: 2 },
  authorization = mine.authorization,
) =>
  t.app.inject({
    method: 'POST',
    url: `/admin/v1/replays/${what}`,
    headers: { authorization, 'idempotency-key': key, 'content-type': 'application/json' },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });

describe('a request that comes again under its Idempotency-Key', () => {
  it('gets the stored answer, byte for byte, and is done once', async () => {
    const first = await send('once', 'k1');
    const again = await send('once', 'k1', '{ "b": 2, "a": 1.0 }');
    expect(first.statusCode).toBe(201);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(again.statusCode).toBe(201);
    expect(again.body).toBe(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.headers['content-type']).toBe(first.headers['content-type']);
    expect(calls.once).toBe(1);
  });

  it('keeps status and headers of its own', async () => {
    await send('accepted', 'k1');
    const again = await send('accepted', 'k1');
    expect(again.statusCode).toBe(202);
    expect(again.headers.location).toBe('/admin/v1/replays/1');
  });

  it('with another body: 422', async () => {
    await send('other', 'k1');
    const answer = await send('other', 'k1', { a: 1, b: 3 });
    expect(answer.json()).toMatchObject({ status: 422, code: 'HTTP.IDEMPOTENCY_KEY_REUSED' });
    expect(calls.other).toBe(1);
  });

  it('while the first is in flight: 409, and done once by fifty at once', async () => {
    const opened = Promise.withResolvers<void>();
    gate = opened.promise;
    const all = Array.from({ length: 50 }, () => send('slow', 'k1'));
    await until('the first one runs', () => calls.slow === 1);
    const refused: number[] = [];
    for (const one of all) void one.then(({ statusCode }) => statusCode === 409 && refused.push(statusCode));
    await until('the others are refused', () => refused.length === 49);
    opened.resolve();
    const codes = (await Promise.all(all)).map(({ statusCode }) => statusCode).sort();
    expect(codes).toEqual([201, ...Array<number>(49).fill(409)]);
    expect((await send('slow', 'k1')).statusCode).toBe(201);
    expect(calls.slow).toBe(1);
  });

  it('failures are stored: 500 and refusals, with the correlation id of then', async () => {
    for (const [what, status] of [
      ['broken', 500],
      ['refused', 409],
    ] as const) {
      const first = await send(what, 'k1');
      const again = await send(what, 'k1');
      expect([first.statusCode, again.statusCode]).toEqual([status, status]);
      expect(again.json()).toEqual(first.json());
      expect(again.headers['content-type']).toMatch(/problem\+json/);
      expect(calls[what]).toBe(1);
    }
  });

  it('an answer that asks for a retry gives the key back', async () => {
    expect((await send('busy', 'k1')).statusCode).toBe(503);
    expect((await send('busy', 'k1')).statusCode).toBe(201);
    expect(calls.busy).toBe(2);
  });

  it('is scoped to the principal, and to the route with its values', async () => {
    const other = await t.keyWith('operator');
    await send('scope', 'k1');
    await send('scope', 'k1', undefined, other.authorization);
    expect(calls.scope).toBe(2);
    await send('scope2', 'k1');
    expect(calls.scope2).toBe(1);
  });

  it('answers without a body come again as such', async () => {
    const headers = { authorization: mine.authorization, 'idempotency-key': 'd1' };
    for (let i = 0; i < 2; i++) {
      const answer = await t.app.inject({ method: 'DELETE', url: '/admin/v1/replays/gone', headers });
      expect([answer.statusCode, answer.body]).toEqual([204, '']);
    }
    expect(calls.gone).toBe(1);
  });

  it('who is refused claims no key', async () => {
    const viewer = await t.keyWith('viewer');
    expect((await send('viewed', 'k1', undefined, viewer.authorization)).statusCode).toBe(403);
    const rows = await db.database.query(`select 1 from access.idempotency_keys where principal = $1`, [
      `key:${viewer.id}`,
    ]);
    expect(rows).toHaveLength(0);
  });

  it.each(['', 'a b', 'ü', 'x'.repeat(256)])('a key that is none is refused: %j', async (key) => {
    expect((await send('bad', key)).statusCode).toBe(400);
    expect(calls.bad).toBeUndefined();
  });

  it('when the first was interrupted, says so and does nothing', async () => {
    const opened = Promise.withResolvers<void>();
    gate = opened.promise;
    const first = send('slow2', 'k1');
    await until('it runs', () => calls.slow2 === 1);
    await db.database.query(
      `update access.idempotency_keys set created_at = now() - interval '11 minutes' where route like '%/slow2'`,
    );
    expect((await send('slow2', 'k1')).json()).toMatchObject({
      status: 409,
      code: 'HTTP.IDEMPOTENCY_OUTCOME_UNKNOWN',
    });
    opened.resolve();
    await first;
  });
});

describe('what is stored', () => {
  it('is sealed: a dump holds neither the answer nor the body', async () => {
    await send('sealed', 'k1', { note: 'canary-77aa' });
    const [row] = await db.database.query<{ dump: string; answer: Buffer }>(
      `select k::text as dump, answer from access.idempotency_keys k where route like '%/sealed'`,
    );
    expect(row?.dump).not.toMatch(/canary/);
    expect(row?.answer.toString('latin1')).not.toMatch(/canary/);
  });

  it('does not open in another row', async () => {
    await send('moved-a', 'k1');
    await send('moved-b', 'k1');
    await db.database.query(
      `update access.idempotency_keys b set answer = a.answer, key_id = a.key_id
       from access.idempotency_keys a where a.route like '%/moved-a' and b.route like '%/moved-b'`,
    );
    expect((await send('moved-b', 'k1')).json()).toMatchObject({ code: 'CRYPTO.CIPHERTEXT_REFUSED' });
  });

  it('is kept for 30 days, and goes with its data key', async () => {
    const orphans = async () =>
      db.database.query(
        `select 1 from crypto.data_keys d
         where not exists (select from access.idempotency_keys i where i.key_id = d.id)`,
      );
    const before = (await orphans()).length;
    await send('old', 'k1');
    await send('old', 'k2');
    const age = (days: number, key: string) =>
      db.database.query(
        `update access.idempotency_keys set created_at = now() - make_interval(days => $1) where route like '%/old' and key = $2`,
        [days, key],
      );
    await age(29, 'k1');
    await age(31, 'k2');
    expect((await send('old', 'k1')).headers['idempotency-replayed']).toBe('true');
    expect((await send('old', 'k2')).headers['idempotency-replayed']).toBeUndefined();
    expect(calls.old).toBe(3);
    await age(31, 'k2');
    expect(await t.app.get(IdempotencyStore, { strict: false }).purge()).toBe(1);
    expect(
      await db.database.query(`select 1 from access.idempotency_keys where route like '%/old'`),
    ).toHaveLength(1);
    expect(await orphans()).toHaveLength(before);
  });
});
