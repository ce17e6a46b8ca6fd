import type { Tx } from '../../../shared/database/tx.js';

export type InboundStatus = 'accepted' | 'rejected' | 'ignored' | 'superseded';

/** One update of a request that is to be kept. */
export interface InboundRow {
  readonly id: string;
  readonly request_id: string;
  /** Which of the request's updates. */
  readonly place: number;
  readonly channel: string;
  readonly source: string;
  readonly delivery_key: string;
  readonly status: InboundStatus;
  /** Why it is not accepted; no values of what was sent. */
  readonly problem: unknown;
  readonly message_id: string | null;
  readonly event_type: string | null;
  readonly content_type: string;
  /** Bytes of the request. */
  readonly size: number;
  readonly key_id: string;
  readonly received_at: string;
  readonly replay_of: string | null;
}

/** The bytes of a request. */
export interface BodyRow {
  readonly id: string;
  /** Sealed, base64. */
  readonly body: string;
  readonly key_id: string;
}

export interface AttachmentRow {
  readonly id: string;
  readonly inbound_id: string;
  /** Sealed, base64. */
  readonly name: string;
  /** Sealed, base64. */
  readonly content: string;
  readonly declared_type: string;
  readonly media_type: string;
  readonly size: number;
  readonly key_id: string;
}

/** What is told under one key of a channel, with its place in time or rank. */
export interface OrderedRow {
  readonly channel: string;
  readonly key: string;
  readonly at: number;
}

/** Where the raw body of a request is sealed to. */
export function bodyPlace(requestId: string): string {
  return `intake.raw_bodies|body|${requestId}`;
}

export function attachmentPlace(id: string, column: 'name' | 'content'): string {
  return `intake.attachments|${column}|${id}`;
}

/** What makes an update unique: rejected ones are told apart, so that they may come again after a form was fixed. */
export function dedupeKeyOf(row: Pick<InboundRow, 'status' | 'delivery_key'>): string {
  return row.status === 'rejected' ? `rejected:${row.delivery_key}` : row.delivery_key;
}

/** Claims the dedupe keys, in one order for all (crossed orders deadlock). @returns ids of the updates that are new */
export async function claimKeys(tx: Tx, rows: readonly InboundRow[]): Promise<Set<string>> {
  const keys = rows
    .map((row) => ({ channel: row.channel, key: dedupeKeyOf(row), id: row.id }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const fresh = await tx.query<{ inbound_id: string }>(
    `insert into intake.dedupe_keys (channel, key, inbound_id)
     select channel, key, id from json_to_recordset($1::json) as k(channel text, key text, id uuid)
     order by channel, key on conflict do nothing returning inbound_id`,
    [JSON.stringify(keys)],
  );
  return new Set(fresh.map(({ inbound_id }) => inbound_id));
}

/** Who holds the keys of duplicates: a statement of its own, so that it sees what the other transaction committed. */
export async function holdersOf(tx: Tx, rows: readonly InboundRow[]): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map();
  const held = await tx.query<{ channel: string; key: string; inbound_id: string }>(
    `select d.channel, d.key, d.inbound_id from intake.dedupe_keys d
     join json_to_recordset($1::json) as k(channel text, key text) using (channel, key)`,
    [JSON.stringify(rows.map((row) => ({ channel: row.channel, key: dedupeKeyOf(row) })))],
  );
  return new Map(held.map(({ channel, key, inbound_id }) => [`${channel}|${key}`, inbound_id]));
}

/**
 * Notes the newest of each key. @param rows no two of one channel and key
 * @returns those that are newer than all that was told before, as `channel|key`
 */
export async function advance(tx: Tx, rows: readonly OrderedRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const newer = await tx.query<{ channel: string; key: string }>(
    `insert into intake.latest as l (channel, key, at)
     select channel, key, at from json_to_recordset($1::json) as o(channel text, key text, at bigint)
     order by channel, key
     on conflict (channel, key) do update set at = excluded.at, updated_at = now() where l.at < excluded.at
     returning l.channel, l.key`,
    [JSON.stringify(rows)],
  );
  return new Set(newer.map(({ channel, key }) => `${channel}|${key}`));
}

/** Writes updates and the raw bodies of their requests: one statement. */
export async function insertInbound(
  tx: Tx,
  rows: readonly InboundRow[],
  bodies: readonly BodyRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `with bodies as (
       insert into intake.raw_bodies (id, body, key_id)
       select id, decode(body, 'base64'), key_id
       from json_to_recordset($2::json) as b(id uuid, body text, key_id uuid) order by id)
     insert into intake.inbound (id, request_id, place, channel, source, delivery_key, status, problem, message_id,
       event_type, content_type, size, key_id, received_at, replay_of)
     select id, request_id, place, channel, source, delivery_key, status, problem, message_id, event_type, content_type,
       size, key_id, received_at, replay_of
     from json_to_recordset($1::json) as i(id uuid, request_id uuid, place integer, channel text, source text,
       delivery_key text, status text, problem jsonb, message_id uuid, event_type text, content_type text, size integer,
       key_id uuid, received_at timestamptz, replay_of uuid)
     order by id`,
    [JSON.stringify(rows), JSON.stringify(bodies)],
  );
}

/** Writes files that came with updates: one statement. */
export async function insertAttachments(tx: Tx, rows: readonly AttachmentRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `insert into intake.attachments (id, inbound_id, name, content, declared_type, media_type, size, key_id)
     select id, inbound_id, decode(name, 'base64'), decode(content, 'base64'), declared_type, media_type, size, key_id
     from json_to_recordset($1::json) as a(id uuid, inbound_id uuid, name text, content text, declared_type text,
       media_type text, size integer, key_id uuid)
     order by id`,
    [JSON.stringify(rows)],
  );
}
