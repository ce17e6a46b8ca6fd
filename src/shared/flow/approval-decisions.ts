import { Injectable } from '@nestjs/common';
import { appendAudit } from '../audit/append-audit.js';
import { openJson, sealJson } from '../crypto/field-cipher.js';
import { KeyRing } from '../crypto/key-ring.js';
import { Database } from '../database/database.js';
import type { Tx } from '../database/tx.js';
import { Clock } from '../kernel/clock.js';
import { Outbox } from '../messaging/outbox.js';
import { Wakeups } from '../messaging/wakeups.js';
import { proposalHash, proposalPlace } from './approvals.js';
import { RunWoken } from './flow-messages.js';
import { ApprovalChanged, ApprovalClosed, ApprovalNotFound, NotAsked, OwnProposal } from './flow.errors.js';
import type { RunRow } from './runs.js';
import { StepEntry } from './step-entry.js';

/** Who decides. */
export interface Decider {
  readonly actor: string;
  readonly roles: readonly string[];
}

export interface Decision {
  readonly decision: 'approved' | 'denied';
  /** Of the proposal that was read, hex: it is what is decided on. */
  readonly hash: string;
  readonly reason: string;
}

interface ApprovalRow {
  readonly id: string;
  readonly run_id: string;
  readonly visit: number;
  readonly state: string;
  readonly role: string;
  readonly version: number;
  readonly proposal: Buffer;
  readonly proposal_hash: Buffer;
  readonly requested_by: string;
  readonly key_id: string;
  readonly expires_at: Date;
}

/** What people decide on: each decision is one transaction with its audit entry, and wakes the run. */
@Injectable()
export class ApprovalDecisions {
  constructor(
    private readonly database: Database,
    private readonly keyRing: KeyRing,
    private readonly entry: StepEntry,
    private readonly outbox: Outbox,
    private readonly wakeups: Wakeups,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws FLOW.APPROVAL_NOT_FOUND, FLOW.APPROVAL_CLOSED, FLOW.APPROVAL_CHANGED, FLOW.OWN_PROPOSAL, FLOW.NOT_ASKED
   */
  async decide(id: string, { decision, hash, reason }: Decision, by: Decider): Promise<void> {
    const lanes = await this.database.transaction(async (tx) => {
      const approval = await this.open(tx, id, hash, by);
      if (decision === 'approved' && approval.requested_by === by.actor) throw OwnProposal();
      await tx.query(
        `update flow.approvals set state = $2, decided_at = $3, decided_by = $4, reason = $5 where id = $1`,
        [id, decision, this.clock.now().toISOString(), by.actor, reason],
      );
      const details = { decision, reason, version: approval.version, proposalHash: hash };
      await this.audit(tx, approval, `flow.approval-${decision}`, by.actor, details);
      return this.wake(tx, approval, decision);
    });
    this.wakeups.signal(lanes);
  }

  /**
   * Makes another proposal of it, which somebody else has to approve.
   * @returns its hash, hex @throws as `decide`
   */
  async amend(
    id: string,
    { proposal, hash, reason }: { proposal: object; hash: string; reason: string },
    by: Decider,
  ): Promise<{ hash: string; version: number }> {
    return this.database.transaction(async (tx) => {
      const approval = await this.open(tx, id, hash, by);
      const key = await this.keyRing.loadOne(approval.key_id);
      const amended = proposalHash(proposal);
      const version = approval.version + 1;
      await tx.query(
        `update flow.approvals set proposal = $2, proposal_hash = $3, version = $4, requested_by = $5 where id = $1`,
        [id, sealJson(key, proposalPlace(id), proposal), amended, version, by.actor],
      );
      const details = { reason, version, proposalHash: amended.toString('hex'), before: hash };
      await this.audit(tx, approval, 'flow.approval-amended', by.actor, details);
      return { hash: amended.toString('hex'), version };
    });
  }

  private async open(tx: Tx, id: string, hash: string, { roles }: Decider): Promise<ApprovalRow> {
    const [approval] = await tx.query<ApprovalRow>(
      `select id, run_id, visit, state, role, version, proposal, proposal_hash, requested_by, key_id, expires_at
       from flow.approvals where id = $1 for update`,
      [id],
    );
    if (!approval) throw ApprovalNotFound({ details: { id } });
    if (approval.state !== 'open' || approval.expires_at <= this.clock.now()) {
      throw ApprovalClosed({ details: { state: approval.state } });
    }
    if (!roles.includes(approval.role)) throw NotAsked({ details: { role: approval.role } });
    if (approval.proposal_hash.toString('hex') !== hash) throw ApprovalChanged();
    return approval;
  }

  private async wake(tx: Tx, approval: ApprovalRow, decision: string): Promise<string[]> {
    const [run] = await tx.query<RunRow>(
      `select id, flow, version, generation, step, traceparent, business_key from flow.runs where id = $1`,
      [approval.run_id],
    );
    if (!run) return [];
    const key = await this.keyRing.loadOne(approval.key_id);
    const proposal = openJson(key, proposalPlace(approval.id), approval.proposal) as object;
    const entry = {
      ...{ runId: run.id, flow: run.flow, version: run.version, generation: run.generation, step: run.step },
      ...{ visit: approval.visit, state: {}, key, businessKey: run.business_key, now: this.clock.now() },
      ...{ causationId: null, partitionKey: run.id, traceparent: run.traceparent },
    };
    const woken = new RunWoken({ by: 'decision', approvalId: approval.id, decision, proposal });
    return this.outbox.append(tx, [this.entry.wakeUp(entry, woken)]);
  }

  private async audit(
    tx: Tx,
    { id, run_id }: ApprovalRow,
    action: string,
    actor: string,
    details: Record<string, unknown>,
  ): Promise<void> {
    const entry = {
      actor,
      action,
      outcome: 'ok' as const,
      subject: `approval:${id}`,
      runId: run_id,
      details,
    };
    await appendAudit(tx, [entry], this.clock.now());
  }
}
