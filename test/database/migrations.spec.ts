import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.js';

/** Every file is one. */
const count = readdirSync(new URL('../../migrations', import.meta.url)).filter((name) =>
  /^\d{13}-/.test(name),
).length;

let db: TestDatabase;
beforeAll(async () => (db = await testDatabase()));
afterAll(() => db.close());

it('all migrations run, and go back to nothing', async () => {
  const before = await db.database.query<{ n: number }>(
    `select count(*)::int as n from signalbox_migrations`,
  );
  expect(before[0]?.n).toBe(count);
  for (let i = 0; i < count; i += 1) await db.dataSource.undoLastMigration();
  const left = await db.database.query<{ nspname: string }>(
    `select nspname from pg_namespace where nspname in ('storage', 'crypto', 'audit', 'messaging', 'flow', 'effects',
       'access', 'policies', 'intake', 'enrichment', 'crm', 'connectors', 'billing', 'outbound')`,
  );
  expect(left).toEqual([]);
  expect(await db.dataSource.runMigrations()).toHaveLength(count);
});
