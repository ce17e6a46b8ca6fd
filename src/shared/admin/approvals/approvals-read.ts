import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { proposalPlace } from '../../flow/approvals.js';
import type { Sealed } from '../raw-reads.js';
import { idRange } from '../request.dto.js';
import type { ApprovalDto, ApprovalQuery } from './approvals.dto.js';

const columns = `id, run_id as "runId", flow, step, state, what, role, version, encode(proposal_hash, 'hex') as hash,
  requested_by as "requestedBy", created_at as "createdAt", expires_at as "expiresAt", decided_at as "decidedAt",
  decided_by as "decidedBy", reason`;

/** Approvals for people to look at. */
@Injectable()
export class ApprovalsRead {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async list(query: ApprovalQuery, limit: number, after?: string): Promise<ApprovalDto[]> {
    const { state = null, flow = null, role = null, runId = null } = query;
    const { from, to } = idRange(query);
    return this.database.query<ApprovalDto>(
      `select ${columns} from flow.approvals
       where ($2::uuid is null or id < $2) and ($3::text[] is null or state = any($3))
         and ($4::text is null or flow = $4) and ($5::text is null or role = $5)
         and ($6::uuid is null or run_id = $6) and ($7::uuid is null or id >= $7) and ($8::uuid is null or id < $8)
       order by id desc limit $1`,
      [limit, after ?? null, state, flow, role, runId, from, to],
    );
  }

  async find(id: string): Promise<ApprovalDto | undefined> {
    const [row] = await this.database.query<ApprovalDto>(
      `select ${columns} from flow.approvals where id = $1`,
      [id],
    );
    return row;
  }

  async proposal(id: string): Promise<Sealed | undefined> {
    const [row] = await this.database.query<{ body: Buffer; keyId: string }>(
      `select proposal as body, key_id as "keyId" from flow.approvals where id = $1`,
      [id],
    );
    return row && { ...row, place: proposalPlace(id) };
  }
}
