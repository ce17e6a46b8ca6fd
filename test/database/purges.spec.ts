import { afterAll, beforeAll, expect, it } from 'vitest';
import { Housekeeping } from '../../src/shared/housekeeping.js';
import { Purges } from '../../src/shared/purges.js';
import { testApplication, type TestApplication } from '../support/application.js';

let t: TestApplication;
beforeAll(async () => {
  t = await testApplication({ SIGNALBOX_ROLES: 'gateway', SIGNALBOX_FLOW_MODE: 'off' });
});
afterAll(() => t.close());

const query = <T>(sql: string, parameters: unknown[] = []): Promise<T[]> =>
  t.db.database.query<T & object>(sql, parameters);
const run = () => t.app.get(Housekeeping, { strict: false }).run();
const keysIn = async (table: string) =>
  (await query<{ key: string }>(`select key from ${table} where channel = 'test' order by key`)).map(
    ({ key }) => key,
  );

/** A partition for a day so long ago, with a row. */
async function partition(parent: string, days: number, columns: string, values: string): Promise<string> {
  const [{ name } = { name: '' }] = await query<{ name: string }>(
    `select $1 || '_' || to_char((now() at time zone 'UTC')::date - $2::int, 'YYYYMMDD') as name`,
    [parent, days],
  );
  const at = (offset: number): string =>
    `storage.first_id_at(date_trunc('day', now(), 'UTC') - interval '${days - offset} days')`;
  const [bounds] = await query<{ from: string; to: string }>(`select ${at(0)} as from, ${at(1)} as to`);
  await query(
    `create table ${name} partition of ${parent} for values from ('${bounds?.from}') to ('${bounds?.to}')`,
  );
  await query(`insert into ${parent} (id, ${columns}) values ('${bounds?.from}', ${values})`);
  return name;
}

const exists = async (table: string): Promise<boolean> =>
  (await query<{ it: boolean }>(`select to_regclass($1) is not null as it`, [table]))[0]?.it === true;

it('removes keys and what was told last, each once past its time', async () => {
  await query(
    `insert into intake.dedupe_keys (channel, key, inbound_id, received_at)
     select 'test', key, gen_random_uuid(), now() - at::interval
     from (values ('8 days', '8 days'), ('34 days', '34 days'), ('36 days', '36 days')) as v(key, at)`,
  );
  await query(
    `insert into intake.latest (channel, key, at, updated_at)
     select 'test', key, 1, now() - at::interval
     from (values ('36 days', '36 days'), ('89 days', '89 days'), ('91 days', '91 days')) as v(key, at)`,
  );
  await run();
  expect(await keysIn('intake.dedupe_keys')).toEqual(['34 days', '8 days']);
  expect(await keysIn('intake.latest')).toEqual(['36 days', '89 days']);
});

it('drops partitions of raw bodies and attachments once all of one is older than 30 days', async () => {
  const key = 'gen_random_uuid()';
  const body = ['body, key_id', `'\\x00', ${key}`] as const;
  const file = [
    'inbound_id, name, content, declared_type, media_type, size, key_id',
    `${key}, '\\x00', '\\x00', 'a/b', 'a/b', 1, ${key}`,
  ] as const;
  const kept = [
    await partition('intake.raw_bodies', 30, ...body),
    await partition('intake.attachments', 29, ...file),
  ];
  const gone = [
    await partition('intake.raw_bodies', 32, ...body),
    await partition('intake.attachments', 40, ...file),
  ];
  const default_ = await query(
    `insert into intake.raw_bodies (id, body, key_id)
     values (storage.first_id_at(now() - interval '50 days'), '\\x00', ${key}) returning id`,
  );
  expect(default_).toHaveLength(1);
  await run();
  for (const name of kept) expect(await exists(name), name).toBe(true);
  for (const name of gone) expect(await exists(name), name).toBe(false);
  const [today] = await query<{ name: string }>(
    `select 'intake.raw_bodies_' || to_char(now() at time zone 'UTC', 'YYYYMMDD') as name`,
  );
  expect(await exists(today?.name ?? '')).toBe(true);
  expect(await query(`select 1 from intake.raw_bodies_default`)).toEqual([]);
});

it('goes on with the others when one fails', async () => {
  t.app
    .get(Purges, { strict: false })
    .addRows({ table: 'intake.no_such_table', key: 'id', at: 'at', after: '1 day' });
  t.app.get(Purges, { strict: false }).addPartitions('storage.partitioned_tables', 'audit.entries');
  const late = await partition('intake.raw_bodies', 33, 'body, key_id', `'\\x00', gen_random_uuid()`);
  await run();
  expect(await exists(late)).toBe(false);
  expect(await exists('audit.entries')).toBe(true);
  expect(await exists('storage.partitioned_tables')).toBe(true);
});
