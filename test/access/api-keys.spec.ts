import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { roles } from '../../src/shared/access/abilities.js';
import { hashKey } from '../../src/shared/access/api-key.js';
import { ApiKeys } from '../../src/shared/access/api-keys.js';
import { FirstKey } from '../../src/shared/access/first-key.js';
import { KeyUsage } from '../../src/shared/access/key-usage.js';
import { createDataSource } from '../../src/shared/database/data-source.js';
import { Database } from '../../src/shared/database/database.js';
import { SystemClock } from '../../src/shared/kernel/clock.js';
import { startApplication, type TestApplication } from '../http/application.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/until.js';

let db: TestDatabase;
let t: TestApplication;

beforeAll(async () => {
  db = await testDatabase();
  t = await startApplication({ database: db.database });
});
afterAll(async () => {
  await t?.close();
  await db?.close();
});

const url = '/admin/v1/api-keys';

function create(authorization: string, payload: Record<string, unknown>) {
  return t.app.inject({ method: 'POST', url, headers: { authorization }, payload });
}

async function lastAudit(action: string): Promise<Record<string, unknown>> {
  const [row] = await db.database.query<{ body: string }>(
    `select body from audit.entries where action = $1 order by seq desc limit 1`,
    [action],
  );
  return JSON.parse(row?.body ?? '{}') as Record<string, unknown>;
}

describe('managing keys', () => {
  it('a created key works, is shown once, and only its hash is stored', async () => {
    const boss = await t.keyWith(...roles);
    const answer = await create(boss.authorization, { name: 'export', roles: ['viewer'] });
    expect(answer.statusCode).toBe(201);
    const { id, key, createdBy } = answer.json<{ id: string; key: string; createdBy: string }>();
    expect(key).toMatch(/^sbx_[0-9a-z]{12}_[\w-]{43}$/);
    expect(createdBy).toBe(`key:${boss.id}`);
    const mine = await t.app.inject({ method: 'GET', url, headers: { authorization: `Bearer ${key}` } });
    expect(mine.statusCode).toBe(403);
    const [row] = await db.database.query<{ hash: Buffer; dump: string }>(
      `select hash, k::text as dump from access.api_keys k where id = $1`,
      [id],
    );
    expect(row?.hash).toEqual(hashKey(key));
    expect(row?.dump).not.toContain(key.split('_').slice(2).join('_'));
    const entry = await lastAudit('access.key-created');
    expect(entry).toMatchObject({ actor: `key:${boss.id}`, outcome: 'ok', subject: `api-key:${id}` });
    expect(JSON.stringify(entry)).not.toContain(key);
  });

  it('a key never gets roles that its creator lacks; the attempt is audited', async () => {
    const admin = await t.keyWith('security-admin');
    const answer = await create(admin.authorization, { name: 'mine', roles: ['security-admin', 'operator'] });
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ code: 'ACCESS.ROLE_NOT_HELD', details: { notHeld: ['operator'] } });
    expect(await lastAudit('access.key-created')).toMatchObject({
      actor: `key:${admin.id}`,
      outcome: 'refused',
      details: { notHeld: ['operator'] },
    });
  });

  it.each([
    ['an id of its own', { id: 'aaaaaaaaaaaa' }, '/id'],
    ['a creator of its own', { createdBy: 'system' }, '/createdBy'],
    ['a hash of its own', { hash: 'x' }, '/hash'],
    ['no known role', { roles: ['owner'] }, '/roles'],
    ['no role at all', { roles: [] }, '/roles'],
    ['a name with a line break', { name: 'a\nb' }, '/name'],
    ['an expiry without offset', { expiresAt: '2099-01-01T00:00:00' }, '/expiresAt'],
    ['an expiry that is no time', { expiresAt: true }, '/expiresAt'],
  ])('refuses %s', async (_, change, pointer) => {
    const boss = await t.keyWith(...roles);
    const answer = await create(boss.authorization, { name: 'x', roles: ['viewer'], ...change });
    expect(answer.statusCode).toBe(400);
    const { code, errors } = answer.json<{ code: string; errors: Array<{ pointer: string }> }>();
    expect(code).toBe('HTTP.VALIDATION_FAILED');
    expect(errors.map((error) => error.pointer)).toContain(pointer);
  });

  it.each([[[]], ['text'], [null], [7]])('refuses a body that is no object: %j', async (payload) => {
    const boss = await t.keyWith(...roles);
    const headers = { authorization: boss.authorization, 'content-type': 'application/json' };
    const answer = await t.app.inject({ method: 'POST', url, headers, payload: JSON.stringify(payload) });
    expect(answer.statusCode).toBe(400);
  });

  it('an expiry in the past is refused, one in the future kept', async () => {
    const boss = await t.keyWith(...roles);
    const past = await create(boss.authorization, {
      name: 'x',
      roles: ['viewer'],
      expiresAt: '2020-01-01T00:00:00Z',
    });
    expect(past.json()).toMatchObject({ status: 400, code: 'ACCESS.EXPIRY_IN_PAST' });
    const later = await create(boss.authorization, {
      name: 'x',
      roles: ['viewer'],
      expiresAt: '2099-01-01T02:00:00+02:00',
    });
    expect(later.json()).toMatchObject({ expiresAt: '2099-01-01T00:00:00.000Z' });
  });

  it('lists page by page, each key once', async () => {
    const boss = await t.keyWith(...roles);
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const answer = await t.app.inject({ method: 'GET', url: `${url}?limit=3${cursor}`, headers: boss });
      expect(answer.statusCode).toBe(200);
      const page = answer.json<{ items: Array<{ id: string; hash?: string }>; nextCursor: string | null }>();
      expect(page.items.every((item) => item.hash === undefined)).toBe(true);
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    const rows = await db.database.query<{ id: string }>(`select id from access.api_keys`);
    expect([...seen].sort()).toEqual(rows.map(({ id }) => id).sort());
    for (const bad of ['x', 'e30', `${'A'.repeat(2000)}`, "';drop"]) {
      const query = new URLSearchParams({ cursor: bad }).toString();
      expect((await t.app.inject({ method: 'GET', url: `${url}?${query}`, headers: boss })).statusCode).toBe(
        400,
      );
    }
    for (const limit of ['0', '201', 'x', '1.5', '']) {
      expect(
        (await t.app.inject({ method: 'GET', url: `${url}?limit=${limit}`, headers: boss })).statusCode,
      ).toBe(400);
    }
  });

  it('revoking is audited once, however often it is asked for', async () => {
    const boss = await t.keyWith(...roles);
    const other = await t.keyWith('viewer');
    for (let i = 0; i < 2; i++) {
      const answer = await t.app.inject({ method: 'DELETE', url: `${url}/${other.id}`, headers: boss });
      expect(answer.statusCode).toBe(204);
    }
    const entries = await db.database.query(
      `select 1 from audit.entries where action = 'access.key-revoked' and subject = $1`,
      [`api-key:${other.id}`],
    );
    expect(entries).toHaveLength(1);
    const unknown = await t.app.inject({ method: 'DELETE', url: `${url}/nobody`, headers: boss });
    expect(unknown.json()).toMatchObject({ status: 404, code: 'ACCESS.KEY_UNKNOWN' });
  });

  it('the last manager of keys cannot be revoked, not even while the other one is being revoked', async () => {
    await db.database.query(`update access.api_keys set revoked_at = now() where revoked_at is null`);
    const [a, b] = [await t.keyWith('security-admin'), await t.keyWith('security-admin')];
    const keys = new ApiKeys(db.database);
    let second: ReturnType<typeof t.app.inject> | undefined;
    await db.database.transaction(async (tx) => {
      expect((await keys.lockForRevocation(tx, a.id, 'security-admin')).others).toBe(true);
      second = t.app.inject({ method: 'DELETE', url: `${url}/${b.id}`, headers: b });
      await until('the second waits, or is through', async () => {
        const waiting = await db.database.query(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        const [row] = await db.database.query(`select revoked_at from access.api_keys where id = $1`, [b.id]);
        return waiting.length > 0 || row?.revoked_at;
      });
      await keys.revoke(tx, a.id, 'test');
    });
    expect((await second)?.json()).toMatchObject({ status: 409, code: 'ACCESS.LAST_MANAGER' });
  });

  it('the last use is noted in one statement for all keys', async () => {
    const keys = new ApiKeys(db.database);
    const usage = new KeyUsage(keys, new SystemClock());
    const used = [await t.keyWith('viewer'), await t.keyWith('viewer')];
    for (const { id } of [...used, ...used]) usage.note(id);
    const before = db.database.counts.statements;
    await usage.flush();
    await usage.flush();
    expect(db.database.counts.statements - before).toBe(1);
    const rows = await db.database.query(
      `select 1 from access.api_keys where id = any($1) and last_used_at is not null`,
      [used.map(({ id }) => id)],
    );
    expect(rows).toHaveLength(2);
  });
});

describe('the first key', () => {
  beforeEach(() => db.database.query(`delete from access.api_keys`));

  const firstKey = (database: Database) => new FirstKey(database, new ApiKeys(database), new SystemClock());

  it('is created once by processes that start at once, holds every role, and is audited', async () => {
    const others = await Promise.all(
      [1, 2, 3].map(() => createDataSource({ url: db.url, pool: 2 }).initialize()),
    );
    const databases = others.map((source) => new Database(source));
    const outcomes = await Promise.all(
      [...databases, ...databases].map((database) => firstKey(database).ensure()),
    );
    await Promise.all(others.map((source) => source.destroy()));
    expect(outcomes.filter(({ state }) => state === 'created')).toHaveLength(1);
    const rows = await db.database.query<{ roles: string[] }>(`select roles from access.api_keys`);
    expect(rows).toEqual([{ roles: [...roles] }]);
    expect(await lastAudit('access.first-key-created')).toMatchObject({ actor: 'system', outcome: 'ok' });
  });

  it('is the configured one where there is one', async () => {
    const configured = `sbx_setup1_${'k'.repeat(40)}`;
    expect(await firstKey(db.database).ensure(configured)).toEqual({ state: 'created', key: configured });
    expect(await firstKey(db.database).ensure(configured)).toEqual({ state: 'exists' });
    const answer = await t.app.inject({
      method: 'GET',
      url,
      headers: { authorization: `Bearer ${configured}` },
    });
    expect(answer.statusCode).toBe(200);
  });

  it('is not made while there are keys, and not from nonsense', async () => {
    await t.keyWith('viewer');
    expect(await firstKey(db.database).ensure()).toEqual({ state: 'exists' });
    await expect(firstKey(db.database).ensure('admin')).rejects.toMatchObject({
      code: 'ACCESS.FIRST_KEY_MALFORMED',
    });
  });
});
