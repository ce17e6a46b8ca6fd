import pg from 'pg';

export interface LeaseOrder {
  readonly databaseUrl: string;
  readonly rows: number;
}

export interface LeaseRecord {
  readonly hops: number;
  readonly seconds: number;
}

/**
 * Floor: the bare delivery path. Two loops lease batches of a hundred with their payloads, do nothing, and finish each
 * batch by one statement in one transaction. No encryption, no run, no audit, no next message.
 */
const { databaseUrl, rows } = JSON.parse(process.argv[2] ?? '{}') as LeaseOrder;
const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });

const setUp = `
  drop table if exists deliveries, messages, attempts;
  create table messages (id uuid primary key, type text not null, payload bytea not null);
  create table deliveries (
    id uuid primary key, seq bigint generated always as identity, message_id uuid not null, type text not null,
    lane text not null, state text not null default 'pending', due_at timestamptz not null default now(),
    attempts integer not null default 0, owner text, lease_expires_at timestamptz,
    created_at timestamptz not null default now()) with (fillfactor = 60);
  create index on deliveries (lane, due_at) where state = 'pending';
  create table attempts (
    id uuid primary key, delivery_id uuid not null, type text not null, outcome text not null, decision jsonb,
    started_at timestamptz not null, finished_at timestamptz not null)`;

const fill = `
  with stored as (
    insert into messages (id, type, payload)
    select gen_random_uuid(), 'bench.message.v1', decode(repeat(md5(n::text), 40), 'hex')
    from generate_series(1, $1::int) n returning id, type)
  insert into deliveries (id, message_id, type, lane) select gen_random_uuid(), id, type, 'local' from stored`;

const lease = `
  with picked as materialized (
    select id from deliveries where lane = 'local' and state = 'pending' and due_at <= now()
    order by due_at limit 100 for update skip locked),
  leased as (
    update deliveries d set state = 'leased', owner = $1, lease_expires_at = now() + interval '30 s',
      attempts = attempts + 1
    from picked p where d.id = p.id returning d.*)
  select l.*, m.payload from leased l join messages m on m.id = l.message_id order by l.seq`;

const finish = `
  with input as materialized (
    select * from jsonb_to_recordset($1::jsonb) as i(id uuid, started_at timestamptz, finished_at timestamptz)),
  ended as (delete from deliveries d using input i where d.id = i.id and d.owner = $2 returning d.*)
  insert into attempts (id, delivery_id, type, outcome, decision, started_at, finished_at)
  select gen_random_uuid(), e.id, e.type, 'done', '{"go": "next"}', i.started_at, i.finished_at
  from ended e join input i using (id)`;

async function drain(owner: string): Promise<number> {
  for (let done = 0; ;) {
    const begun = new Date();
    const { rows: leased } = await pool.query<{ id: string }>(lease, [owner]);
    if (leased.length === 0) return done;
    const finished = new Date();
    const outcomes = leased.map(({ id }) => ({ id, started_at: begun, finished_at: finished }));
    await pool.query(finish, [JSON.stringify(outcomes), owner]);
    done += leased.length;
  }
}

await pool.query(setUp);
await pool.query(fill, [rows]);
await pool.query('analyze deliveries, messages');
const begun = performance.now();
const done = await Promise.all([drain('a'), drain('b')]);
const hops = done.reduce((sum, each) => sum + each, 0);
const record: LeaseRecord = { hops, seconds: (performance.now() - begun) / 1000 };
await pool.end();
process.stdout.write(JSON.stringify(record));
