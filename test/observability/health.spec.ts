import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../src/shared/database/database.js';
import { databaseIndicator, Readiness } from '../../src/shared/observability/readiness.js';
import { startApplication, type TestApplication } from '../http/application.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let db: TestDatabase;
let t: TestApplication;
let readiness: Readiness;

beforeAll(async () => {
  db = await testDatabase();
  t = await startApplication({ database: db.database });
  readiness = t.app.get(Readiness);
});
afterAll(async () => {
  await t?.close();
  await db?.close();
});

const get = async (path: string) => t.app.inject({ method: 'GET', url: `/health/${path}` });

describe('health', () => {
  it('starts, gets ready, names what fails, and drains', async () => {
    expect((await get('startup')).statusCode).toBe(503);
    readiness.markStarted();
    expect((await get('startup')).statusCode).toBe(200);

    let ok = true;
    readiness.register(databaseIndicator(db.database));
    readiness.register({
      name: 'queue',
      check: async () => ({ ok, detail: ok ? 'answers' : 'behind by 70 s' }),
    });
    const ready = await get('ready');
    expect(ready.statusCode).toBe(200);
    expect(ready.json()).toEqual({
      status: 'ready',
      checks: { database: { ok: true, detail: 'answers' }, queue: { ok: true, detail: 'answers' } },
    });

    ok = false;
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    const behind = await get('ready');
    expect(behind.statusCode).toBe(503);
    expect(behind.json()).toMatchObject({
      status: 'not-ready',
      checks: { queue: { ok: false, detail: 'behind by 70 s' } },
    });

    readiness.drain();
    expect((await get('ready')).json()).toEqual({ status: 'draining', checks: {} });
    expect((await get('ready')).statusCode).toBe(503);
    expect((await get('live')).statusCode).toBe(200);
  });
});

describe('readiness', () => {
  it('gives a check two seconds, tells no error text, and shares one answer between probes', async () => {
    vi.useFakeTimers();
    try {
      const mine = new Readiness();
      const slow = vi.fn(() => new Promise<never>(() => undefined));
      mine.register({ name: 'slow', check: slow });
      mine.register({
        name: 'bad',
        check: async () => Promise.reject(new Error('postgres://app:pw@db refused')),
      });
      const reports = Promise.all([mine.report(), mine.report(), mine.report()]);
      await vi.advanceTimersByTimeAsync(2_000);
      const [report] = await reports;
      expect(report).toEqual({
        status: 'not-ready',
        checks: { slow: { ok: false, detail: 'no answer in 2000 ms' }, bad: { ok: false, detail: 'failed' } },
      });
      expect(slow).toHaveBeenCalledTimes(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('refuses two indicators of one name', () => {
    const mine = new Readiness();
    const indicator = databaseIndicator(undefined as unknown as Database);
    mine.register(indicator);
    expect(() => mine.register(indicator)).toThrow(/database/);
  });
});
