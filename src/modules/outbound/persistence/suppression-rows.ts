import type { ChangeSet } from '../../../shared/messaging/outcome.js';

export const suppressionReasons = ['bounce', 'complaint', 'refused', 'person'] as const;
export type SuppressionReason = (typeof suppressionReasons)[number];

/** A row of `outbound.suppressions`, ready to ride in a JSON parameter. */
export interface SuppressionRow {
  readonly id: string;
  /** Base64. */
  readonly address_hash: string;
  /** Sealed, base64. */
  readonly address: string;
  readonly key_id: string;
  readonly reason: SuppressionReason;
  readonly source: string;
  readonly note: string | null;
  readonly since: string;
}

/** One statement for all. What a person took back comes again only by something newer; what is there stays. */
export const suppressionRows: ChangeSet<SuppressionRow> = {
  table: 'outbound.suppressions',
  keyOf: ({ address_hash }) => address_hash,
  fold: (earlier) => earlier,
  async write(tx, rows) {
    await tx.query(
      `insert into outbound.suppressions as s (id, address_hash, address, key_id, reason, source, note, since)
       select id, decode(address_hash, 'base64'), decode(address, 'base64'), key_id, reason, source, note, since
       from json_to_recordset($1::json) as r(id uuid, address_hash text, address text, key_id uuid, reason text,
         source text, note text, since timestamptz)
       order by 2
       on conflict (address_hash) do update set id = excluded.id, address = excluded.address, key_id = excluded.key_id,
         reason = excluded.reason, source = excluded.source, note = excluded.note, since = excluded.since,
         removed_at = null
       where s.removed_at is not null and excluded.since > s.removed_at`,
      [JSON.stringify(rows)],
    );
  },
};
