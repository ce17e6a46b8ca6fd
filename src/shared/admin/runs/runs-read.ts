import { Injectable } from '@nestjs/common';
import { KeyedHash } from '../../crypto/keyed-hash.js';
import { Database } from '../../database/database.js';
import { statePlace } from '../../flow/runs.js';
import { businessKeyHash } from '../../flow/business-key.js';
import { traceIdOf } from '../../observability/trace.js';
import type { Sealed } from '../raw-reads.js';
import { idRange } from '../request.dto.js';
import type { RunDetailDto } from './run-detail.dto.js';
import type { RunDto, RunQuery } from './runs.dto.js';

const columns = `r.id, r.flow, r.version, r.mode, r.status, r.step, r.visit, r.generation, r.reason,
  r.created_at as "createdAt", r.updated_at as "updatedAt", r.finished_at as "finishedAt",
  greatest(0, round(extract(epoch from coalesce(r.finished_at, now()) - r.created_at) * 1000))::float8 as "durationMs"`;

/** An open run that nothing will move: no delivery, timer, dead letter, wait nor question. That is a defect. */
export const stranded = `(r.status in ('running', 'held', 'cancelling') and r.updated_at < now() - interval '5 minutes'
  and not exists (select from messaging.deliveries d where d.run_id = r.id)
  and not exists (select from messaging.timers t where t.run_id = r.id)
  and not exists (
    select from messaging.dead_letters l where l.run_id = r.id and l.status in ('dead', 'uncertain'))
  and not exists (select from flow.waits w where w.run_id = r.id and w.visit = r.visit)
  and not exists (select from flow.approvals a where a.run_id = r.id and a.state = 'open'))`;

/** A run as its own page shows it, without timeline. */
export type RunHead = Omit<RunDetailDto, 'timeline' | 'waitingFor'>;

/** Runs for people to look at. */
@Injectable()
export class RunsRead {
  constructor(
    private readonly database: Database,
    private readonly hash: KeyedHash,
  ) {}

  /** Newest first. */
  async list(query: RunQuery, limit: number, after?: string): Promise<RunDto[]> {
    const { flow = null, status = null, mode = null, step = null, businessKey } = query;
    const { from, to } = idRange(query);
    const key = businessKey === undefined ? null : businessKeyHash(this.hash, businessKey);
    return this.database.query<RunDto>(
      `select ${columns} from flow.runs r
       where ($2::uuid is null or r.id < $2) and ($3::text is null or r.flow = $3)
         and ($4::text[] is null or r.status = any($4)) and ($5::text is null or r.mode = $5)
         and ($6::text is null or r.step = $6) and ($7::bytea is null or r.id = any(array(
           select b.id from flow.runs b where b.business_key = $7
           union select k.run_id from flow.run_keys k where k.key = $7)))
         and ($10::boolean is null or $10 = ${stranded})
         and ($8::uuid is null or r.id >= $8) and ($9::uuid is null or r.id < $9)
       order by r.id desc limit $1`,
      [limit, after ?? null, flow, status, mode, step, key, from, to, query.stranded ?? null],
    );
  }

  async find(id: string): Promise<RunHead | undefined> {
    const [row] = await this.database.query<RunHead & { traceparent: string | null }>(
      `select ${columns}, r.started_by as "startedBy", r.traceparent,
         (select i.id from messaging.messages m join intake.inbound i on i.id = m.correlationid
          where m.id = r.started_by) as "deliveryId"
       from flow.runs r where r.id = $1`,
      [id],
    );
    if (!row) return undefined;
    const { traceparent, ...run } = row;
    return { ...run, traceId: traceIdOf(traceparent ?? undefined) ?? null };
  }

  async state(id: string): Promise<Sealed | undefined> {
    const [row] = await this.database.query<{ body: Buffer; keyId: string }>(
      `select state as body, key_id as "keyId" from flow.runs where id = $1`,
      [id],
    );
    return row && { ...row, place: statePlace(id) };
  }
}
