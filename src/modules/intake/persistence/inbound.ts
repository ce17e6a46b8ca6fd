import type { NewDataKey } from '../../../shared/crypto/key-ring.js';
import type { Tx } from '../../../shared/database/tx.js';

/** A request that is to be kept: accepted with its event, or rejected with its problem. */
export interface InboundRow {
  readonly id: string;
  readonly channel: string;
  readonly source: string;
  readonly delivery_key: string;
  readonly status: 'accepted' | 'rejected';
  readonly problem: unknown;
  readonly message_id: string | null;
  readonly content_type: string;
  readonly size: number;
  /** Sealed, base64. */
  readonly body: string;
  readonly key_id: string;
  readonly received_at: string;
}

/** Where the raw body of an inbound delivery is sealed to. */
export function bodyPlace(id: string): string {
  return `intake.raw_bodies|body|${id}`;
}

/** What makes a delivery unique: rejected ones are told apart, so that they may come again after a form was fixed. */
export function dedupeKeyOf(row: Pick<InboundRow, 'status' | 'delivery_key'>): string {
  return row.status === 'rejected' ? `rejected:${row.delivery_key}` : row.delivery_key;
}

/** Claims the dedupe keys, in one order for all (crossed orders deadlock). @returns ids of the deliveries that are new */
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

/** Writes deliveries with their raw bodies: one statement. */
export async function insertInbound(tx: Tx, rows: readonly InboundRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `with input as materialized (
       select * from json_to_recordset($1::json) as i(id uuid, channel text, source text, delivery_key text,
         status text, problem jsonb, message_id uuid, content_type text, size integer, body text, key_id uuid,
         received_at timestamptz)),
     bodies as (
       insert into intake.raw_bodies (id, body, key_id) select id, decode(body, 'base64'), key_id from input order by id)
     insert into intake.inbound (id, channel, source, delivery_key, status, problem, message_id, content_type, size,
       key_id, received_at)
     select id, channel, source, delivery_key, status, problem, message_id, content_type, size, key_id, received_at
     from input order by id`,
    [JSON.stringify(rows)],
  );
}

/** A delivery with its key, on its way into a shared commit. */
export interface PreparedInbound {
  readonly row: InboundRow;
  readonly key: NewDataKey;
}
