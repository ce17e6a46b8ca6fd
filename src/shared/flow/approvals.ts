import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { sealJson, type DataKey } from '../crypto/field-cipher.js';
import { newId } from '../kernel/ids.js';
import { change, type Change, type ChangeSet } from '../messaging/outcome.js';

/** A question to a person, as it is asked. */
export interface NewApproval {
  readonly runId: string;
  readonly flow: string;
  readonly step: string;
  readonly visit: number;
  readonly what: string;
  readonly role: string;
  readonly proposal: object;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

interface ApprovalRow {
  readonly id: string;
  readonly run_id: string;
  readonly flow: string;
  readonly step: string;
  readonly visit: number;
  readonly what: string;
  readonly role: string;
  readonly proposal: string;
  readonly proposal_hash: string;
  readonly requested_by: string;
  readonly key_id: string;
  readonly created_at: string;
  readonly expires_at: string;
}

const newApprovals: ChangeSet<ApprovalRow> = {
  table: 'flow.approvals (new)',
  keyOf: ({ run_id, visit }) => `${run_id}/${visit}`,
  async write(tx, rows) {
    await tx.query(
      `insert into flow.approvals (id, run_id, flow, step, visit, state, what, role, proposal, proposal_hash,
         requested_by, key_id, created_at, expires_at)
       select id, run_id, flow, step, visit, 'open', what, role, decode(proposal, 'base64'),
         decode(proposal_hash, 'base64'), requested_by, key_id, created_at, expires_at
       from json_to_recordset($1::json) as a(id uuid, run_id uuid, flow text, step text, visit integer, what text,
         role text, proposal text, proposal_hash text, requested_by text, key_id uuid, created_at timestamptz,
         expires_at timestamptz)
       order by id`,
      [JSON.stringify(rows)],
    );
  },
};

/** Approvals that nobody decided in time. Those that somebody did refuse their run's wake-up. */
const expiries: ChangeSet<{ readonly runId: string; readonly visit: number }> = {
  table: 'flow.approvals (expired)',
  keyOf: ({ runId, visit }) => `${runId}/${visit}`,
  async write(tx, rows) {
    const expired = await tx.query<{ run_id: string }>(
      `update flow.approvals a set state = 'expired', decided_at = now(), decided_by = 'system'
       from json_to_recordset($1::json) as e("runId" uuid, visit integer)
       where a.run_id = e."runId" and a.visit = e.visit and a.state = 'open' returning a.run_id`,
      [JSON.stringify(rows)],
    );
    const done = new Set(expired.map(({ run_id }) => run_id));
    return rows.map(({ runId }) => runId).filter((runId) => !done.has(runId));
  },
};

export function ask(approval: NewApproval, key: DataKey): Change {
  const { runId, flow, step, visit, what, role, proposal, createdAt, expiresAt } = approval;
  const id = newId();
  return change(newApprovals, {
    ...{ id, run_id: runId, flow, step, visit, what: what.slice(0, 500), role },
    proposal: sealJson(key, proposalPlace(id), proposal).toString('base64'),
    proposal_hash: proposalHash(proposal).toString('base64'),
    requested_by: `flow:${flow}`,
    key_id: key.id,
    created_at: createdAt.toISOString(),
    expires_at: expiresAt.toISOString(),
  });
}

export function expire(runId: string, visit: number): Change {
  return change(expiries, { runId, visit });
}

/** Where a proposal is sealed to. */
export function proposalPlace(approvalId: string): string {
  return `flow.approvals|proposal|${approvalId}`;
}

/** What an approval is given to: the canonical JSON (RFC 8785) of the proposal. */
export function proposalHash(proposal: object): Buffer {
  return createHash('sha256')
    .update(canonicalize(proposal) ?? '')
    .digest();
}
