import { sealJson, type DataKey } from '../../../shared/crypto/field-cipher.js';
import type { ChangeSet } from '../../../shared/messaging/outcome.js';
import type { EnrichedLead } from '../contracts.js';

/** A row of `enrichment.leads`. */
export interface LeadRow {
  readonly id: string;
  readonly submissionId: string;
  /** The enriched lead, sealed at `leadPlace(id)`. */
  readonly document: Buffer;
  readonly keyId: string;
  readonly score: number;
  readonly policyVersion: number;
  readonly createdAt: Date;
}

/** Where a lead's document is sealed to: at another place it does not open. */
export function leadPlace(id: string): string {
  return `enrichment.leads|document|${id}`;
}

export function leadRow(
  lead: EnrichedLead,
  origin: { submissionId: string; policyVersion: number; key: DataKey; now: Date },
): LeadRow {
  return {
    id: lead.leadId,
    submissionId: origin.submissionId,
    document: sealJson(origin.key, leadPlace(lead.leadId), lead),
    keyId: origin.key.id,
    score: lead.score,
    policyVersion: origin.policyVersion,
    createdAt: origin.now,
  };
}

/** Writes leads; one that is there stays as it is. */
export const leads: ChangeSet<LeadRow> = {
  table: 'enrichment.leads',
  keyOf: (row) => row.id,
  async write(tx, rows) {
    await tx.query(
      `insert into enrichment.leads (id, submission_id, document, key_id, score, policy_version, created_at)
       select l.id, l."submissionId", decode(l.document, 'base64'), l."keyId", l.score, l."policyVersion", l."createdAt"
       from json_to_recordset($1::json) as l(id uuid, "submissionId" uuid, document text, "keyId" uuid,
         score integer, "policyVersion" integer, "createdAt" timestamptz)
       order by l.id on conflict do nothing`,
      [JSON.stringify(rows.map((row) => ({ ...row, document: row.document.toString('base64') })))],
    );
  },
};
