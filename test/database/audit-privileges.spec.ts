import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendAudit } from '../../src/shared/audit/append-audit.js';
import { applicationRoleUrl } from '../../src/shared/embedded/application-role.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let db: TestDatabase;
let application: pg.Client;

beforeAll(async () => {
  db = await testDatabase();
  application = new pg.Client({
    connectionString: await applicationRoleUrl(db.url, 'a password of its own'),
  });
  await application.connect();
  const entry = { actor: 'system', action: 'test.done', outcome: 'ok' as const };
  await db.database.transaction((tx) => appendAudit(tx, [entry], new Date()));
});
afterAll(async () => {
  await application.end();
  await db.close();
});

const changes = [
  `update audit.entries set actor = 'nobody'`,
  `delete from audit.entries`,
  `truncate audit.entries`,
  `drop table audit.entries`,
  `alter table audit.entries disable trigger all`,
];

describe('the audit log', () => {
  it('takes entries from the application', async () => {
    const columns = `id, at, actor, action, outcome, body`;
    const values = `gen_random_uuid(), now(), 'system', 'test.more', 'ok', '{}'`;
    const { rowCount } = await application.query(`insert into audit.entries (${columns}) values (${values})`);
    expect(rowCount).toBe(1);
  });

  it.each(changes)('refuses the application: %s', async (sql) => {
    await expect(application.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  it.each(changes.slice(0, 3))('refuses its owner, too: %s', async (sql) => {
    await expect(db.database.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  it('has what it had', async () => {
    const rows = await db.database.query(`select actor from audit.entries where action like 'test.%'`);
    expect(rows).toEqual([{ actor: 'system' }, { actor: 'system' }]);
  });
});
