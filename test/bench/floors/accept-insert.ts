import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { serveFloor } from './accept-app.ts';

/**
 * Floor: what most people would write. One statement a request: the key that makes it unique, the message and an audit
 * entry, durable before the answer; without encryption, without grouping.
 */
const pool = new pg.Pool({ connectionString: process.env['FLOOR_DATABASE_URL'], max: 10 });
await pool.query(`
  create table dedupe (key text primary key, id uuid not null);
  create table messages (id uuid primary key, body bytea not null, at timestamptz not null default now());
  create table audit (id uuid primary key, at timestamptz not null default now(), entry jsonb not null)`);

const accept = `
  with fresh as (insert into dedupe (key, id) values ($1, $2) on conflict do nothing returning id),
  message as (insert into messages (id, body) select id, $3 from fresh)
  insert into audit (id, entry) select $4, $5::jsonb from fresh returning id`;

await serveFloor(process.env['FLOOR_SECRET'] ?? '', async ({ id, body }) => {
  const messageId = randomUUID();
  const entry = { actor: 'channel:forms', action: 'intake.event-accepted', subject: `inbound:${messageId}` };
  await pool.query(accept, [id, messageId, body, randomUUID(), JSON.stringify(entry)]);
  return messageId;
});
