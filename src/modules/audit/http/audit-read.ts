import { Injectable } from '@nestjs/common';
import { idRange } from '../../../shared/admin/request.dto.js';
import { Database } from '../../../shared/database/database.js';
import type { AuditRecord } from '../contracts.js';
import type { AuditQuery } from './audit.dto.js';

const conditions = `($2::uuid is null or e.id < $2) and ($4::text is null or e.actor = $4)
  and ($5::text is null or e.outcome = $5) and ($6::text is null or e.subject = $6)
  and ($7::uuid is null or e.run_id = $7) and ($8::uuid is null or e.id >= $8) and ($9::uuid is null or e.id < $9)`;

const exactly = `
  select e.seq, e.body from audit.entries e where ${conditions} and ($3::text is null or e.action = $3)
  order by e.id desc limit $1`;

/**
 * There are a few dozen actions among millions of entries. So the distinct ones are found by hops through the index
 * over them, and each that fits gives its newest entries by the same index.
 */
const byPrefix = `
  with recursive actions as (
    (select action from audit.entries order by action limit 1)
    union all
    select (select e.action from audit.entries e where e.action > a.action order by e.action limit 1)
    from actions a where a.action is not null)
  select e.seq, e.body
  from actions a cross join lateral (
    select e.id, e.seq, e.body from audit.entries e where e.action = a.action and ${conditions}
    order by e.id desc limit $1) e
  where starts_with(a.action, $3)
  order by e.id desc limit $1`;

/** The audit log for those who may read it. */
@Injectable()
export class AuditRead {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async list(query: AuditQuery, limit: number, after?: string): Promise<AuditRecord[]> {
    const { actor = null, action = null, outcome = null, subject = null, runId = null } = query;
    const { from, to } = idRange(query);
    const isPrefix = action?.endsWith('*') ?? false;
    const rows = await this.database.query<{ seq: string; body: string }>(isPrefix ? byPrefix : exactly, [
      ...[limit, after ?? null, isPrefix ? action?.slice(0, -1) : action],
      ...[actor, outcome, subject, runId, from, to],
    ]);
    return rows.map(({ seq, body }) => ({
      seq: Number(seq),
      ...(JSON.parse(body) as Omit<AuditRecord, 'seq'>),
    }));
  }
}
