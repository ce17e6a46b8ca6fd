import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { payloadPlace } from '../../messaging/message-row.js';
import type { Sealed } from '../raw-reads.js';
import type {
  AttemptDto,
  DeadLetterDetailDto,
  DeadLetterDto,
  DeadLetterFilter,
  DeadLetterQuery,
} from './dead-letters.dto.js';

const columns = `l.delivery_id as id, l.status, l.flow, l.run_id as "runId", l.step, l.visit, l.type, l.lane, l.code,
  l.error->>'message' as message, l.attempts, l.created_at as "createdAt", l.died_at as "diedAt",
  l.closed_at as "closedAt", l.closed_by as "closedBy", l.close_reason as "closeReason"`;

/** Where a listing goes on; the time to the microsecond, as PostgreSQL has it. */
export interface DeadLetterPosition {
  readonly at: string;
  readonly id: string;
}

export type ListedDeadLetter = DeadLetterDto & { readonly at: string };

/** Dead letters for people to look at. */
@Injectable()
export class DeadLettersRead {
  constructor(private readonly database: Database) {}

  /** Who died last comes first: the ids of events' deliveries carry no time. */
  async list(query: DeadLetterQuery, limit: number, after?: DeadLetterPosition): Promise<ListedDeadLetter[]> {
    const { status, flow = null, type = null, code = null, before = null, runId = null } = query;
    return this.database.query<ListedDeadLetter>(
      `select ${columns}, to_char(l.died_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
       from messaging.dead_letters l
       where l.status = any($2) and ($3::text is null or l.flow = $3) and ($4::text is null or l.type = $4)
         and ($5::text is null or l.code = $5) and ($6::timestamptz is null or l.died_at < $6)
         and ($7::uuid is null or l.run_id = $7)
         and ($8::timestamptz is null or (l.died_at, l.delivery_id) < ($8, $9::uuid))
       order by l.died_at desc, l.delivery_id desc limit $1`,
      [limit, status, flow, type, code, before, runId, after?.at ?? null, after?.id ?? null],
    );
  }

  /** How many are open and match. */
  async countOpen({
    flow = null,
    type = null,
    code = null,
    before = null,
  }: Nullable<DeadLetterFilter>): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `select count(*)::integer as count from messaging.dead_letters l
       where l.status in ('dead', 'uncertain') and ($1::text is null or l.flow = $1)
         and ($2::text is null or l.type = $2) and ($3::text is null or l.code = $3)
         and ($4::timestamptz is null or l.died_at < $4)`,
      [flow, type, code, before],
    );
    return row?.count ?? 0;
  }

  async find(id: string): Promise<DeadLetterDetailDto | undefined> {
    const [[row], attemptList] = await Promise.all([
      this.database.query<Omit<DeadLetterDetailDto, 'attemptList'>>(
        `select ${columns}, l.message_id as "messageId", l.error, l.hold as "holdsItsKey"
         from messaging.dead_letters l where l.delivery_id = $1`,
        [id],
      ),
      this.attempts(id),
    ]);
    return row && { ...row, attemptList };
  }

  async payload(id: string): Promise<(Sealed & { runId: string | null }) | undefined> {
    const [row] = await this.database.query<{
      body: Buffer;
      keyId: string;
      messageId: string;
      runId: string | null;
    }>(
      `select payload as body, key_id as "keyId", message_id as "messageId", run_id as "runId"
       from messaging.dead_letters where delivery_id = $1`,
      [id],
    );
    return row && { ...row, place: payloadPlace(row.messageId) };
  }

  /** Oldest first. */
  private async attempts(deliveryId: string): Promise<AttemptDto[]> {
    const rows = await this.database.query<AttemptDto>(
      `select id, number, outcome, error, started_at as "startedAt", finished_at as "finishedAt", worker
       from messaging.attempts where delivery_id = $1 order by id desc limit 200`,
      [deliveryId],
    );
    return rows.reverse();
  }
}

type Nullable<T> = { readonly [K in keyof T]: T[K] | null };
