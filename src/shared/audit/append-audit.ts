import type { Tx } from '../database/tx.js';
import { auditRows, type AuditEntry } from './audit-entry.js';

/**
 * An INSERT of audit rows as SQL, to stand alone or as a part of a larger statement.
 * @param rows an SQL expression of type json: the array that `auditRows` gives
 */
export function auditInsertSql(rows: string): string {
  return `insert into audit.entries (id, at, actor, action, outcome, subject, run_id, body)
    select id, at, actor, action, outcome, subject, run_id, body
    from rows from (json_to_recordset(${rows}) as (
      id uuid, at timestamptz, actor text, action text, outcome text, subject text, run_id uuid, body text
    )) with ordinality as a(id, at, actor, action, outcome, subject, run_id, body, place)
    order by place`;
}

/** Appends entries in the transaction of what they describe: one statement for all, none for none. */
export async function appendAudit(tx: Tx, entries: readonly AuditEntry[], now: Date): Promise<void> {
  if (entries.length === 0) return;
  await tx.query(auditInsertSql('$1::json'), [JSON.stringify(auditRows(entries, now))]);
}
