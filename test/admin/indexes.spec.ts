import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Database } from '../../src/shared/database/database.js';
import { AdminUnderTest } from './support.js';

let t: AdminUnderTest;

/** Enough rows that a plan which reads all of them is not the cheapest one. */
const many = 20_000;

beforeAll(async () => {
  t = await AdminUnderTest.start();
  const { database } = t.db;
  const id = (n: string) =>
    `(lpad(to_hex(1793000000000 + ${n}), 12, '0') || '7000800000' || lpad(to_hex(${n}), 10, '0'))::uuid`;
  await database.query(`
    insert into flow.runs (id, flow, version, mode, status, step, state, key_id, business_key, started_by, created_at, updated_at)
    select ${id('n')}, 'flow-' || n % 10, 1, 'live', case when n % 1000 = 0 then 'held' else 'done' end, 'a', '', ${id('n')},
      sha256(n::text::bytea), ${id('n')}, now(), now() from generate_series(1, ${many}) n`);
  await database.query(`
    insert into effects.effects (id, key, delivery_id, run_id, flow, step, visit, generation, connector, command, class, state,
      request_hash, reference, target, key_id)
    select ${id('n')}, sha256(n::text::bytea), ${id('n')}, ${id('n')}, 'f', 's', 1, 0, 'hubspot', 'c', 'lookup',
      case when n % 1000 = 0 then 'uncertain' else 'confirmed' end, '', '', '', ${id('n')}
    from generate_series(1, ${many}) n`);
  await database.query(`
    insert into messaging.attempts (id, delivery_id, message_id, type, run_id, flow, step, visit, number, outcome, started_at,
      finished_at, worker)
    select ${id('n')}, ${id('n')}, ${id('n')}, 't', ${id('n')}, 'f', 's', 1, 1, 'done', now(), now(), ${id('n')}
    from generate_series(1, ${many}) n`);
  await database.query(`
    insert into messaging.dead_letters (delivery_id, status, message_id, type, handler, lane, capability, flow, run_id, step,
      visit, hold, max_attempts, payload, key_id, code, error, attempts, created_at)
    select ${id('n')}, case when n % 1000 = 0 then 'dead' else 'discarded' end, ${id('n')}, 't', 'h', 'l', 'c', 'f', ${id('n')}, 's',
      1, false, 1, '', ${id('n')}, 'C', '{}', 1, now() from generate_series(1, ${many}) n`);
  await database.query(`
    insert into intake.inbound (id, channel, source, delivery_key, status, content_type, size, key_id, received_at)
    select ${id('n')}, 'forms', 'form-' || n % 10, 'k' || n, case when n % 1000 = 0 then 'rejected' else 'accepted' end, '', 0,
      ${id('n')}, now() from generate_series(1, ${many}) n`);
  await database.query(`
    insert into audit.entries (id, at, actor, action, outcome, subject, run_id, body)
    select ${id('n')}, now(), 'a' || n % 500, 'flow.a' || n % 20, 'ok', 's' || n, ${id('n')}, '{}'
    from generate_series(1, ${many}) n`);
  for (const table of [
    'flow.runs',
    'effects.effects',
    'messaging.attempts',
    'messaging.dead_letters',
    'intake.inbound',
  ])
    await database.query(`analyze ${table}`);
  await database.query('analyze audit.entries');
});
afterAll(() => t?.close());

const runId = '01a17740-4c01-7000-8000-000000000001';

it.each([
  '/runs',
  '/runs?flow=flow-3',
  '/runs?status=held',
  '/runs?businessKey=x',
  `/runs/${runId}`,
  '/effects',
  '/effects?state=uncertain',
  `/effects?runId=${runId}`,
  '/dead-letters',
  `/dead-letters?runId=${runId}&status=discarded`,
  '/dead-letters/018cc251-f400-7000-8000-000000000001',
  '/deliveries',
  '/deliveries?channel=forms&source=form-3',
  '/deliveries?status=rejected',
  '/deliveries?deliveryKey=k77',
  '/audit',
  '/audit?action=flow.a7',
  '/audit?action=flow.*&actor=a3',
  `/audit?runId=${runId}`,
  '/audit?subject=s77',
  '/flows',
  '/connectors',
  '/overview',
])('%s reads no big table from end to end', async (path) => {
  const asked: [string, readonly unknown[]][] = [];
  const spy = vi.spyOn(t.app.get(Database), 'query').mockImplementation(async (sql, parameters = []) => {
    asked.push([sql, parameters]);
    return t.db.database.query(sql, parameters);
  });
  const { status } = await t.get(path.startsWith('/audit') ? 'auditor' : 'viewer', path);
  spy.mockRestore();
  expect([200, 404]).toContain(status);
  expect(asked.length).toBeGreaterThan(0);
  for (const [sql, parameters] of asked) expect(await longScans(sql, parameters), sql).toEqual([]);
});

it('tells a statement that does', async () => {
  expect(await longScans('select * from flow.runs where step = $1', ['b'])).toEqual(['runs']);
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

/** Tables of which a statement read more than a thousand rows one after the other, or in vain. */
async function longScans(sql: string, parameters: readonly unknown[]): Promise<string[]> {
  const [row] = await t.db.database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `explain (analyze, format json) ${sql}`,
    parameters,
  );
  return nodesOf(row!['QUERY PLAN'][0].Plan)
    .filter((node) => {
      const passed = node['Node Type'] === 'Seq Scan' ? node['Actual Rows'] : 0;
      return node['Actual Loops'] * (passed + (node['Rows Removed by Filter'] ?? 0)) > 1_000;
    })
    .map((node) => node['Relation Name'] ?? '');
}

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}
