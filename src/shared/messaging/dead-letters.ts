import { Injectable } from '@nestjs/common';
import { appendAudit } from '../audit/append-audit.js';
import { Database } from '../database/database.js';
import type { Tx } from '../database/tx.js';
import { Clock } from '../kernel/clock.js';
import { defineError } from '../kernel/coded-error.js';
import { DeadLetterListeners } from './dead-letter-listeners.js';
import { Wakeups } from './wakeups.js';

export const DeadLetterNotOpen = defineError(
  'MESSAGING.DEAD_LETTER_NOT_OPEN',
  'conflict',
  'The dead letter does not exist or was dealt with already.',
);

/** Which dead letters: by id, or all open ones that match. */
export interface DeadLetterSelection {
  ids?: readonly string[];
  flow?: string;
  type?: string;
  code?: string;
  /** Died before this time. */
  before?: Date;
}

export interface Moved {
  /** Deliveries, by id. */
  ids: readonly string[];
}

const batch = 500;

/**
 * Dead letters wait for a person. A retry is the same delivery again: stored answers of confirmed effects are
 * returned, nothing is done twice. Discarding needs a reason and ends the run as failed.
 */
@Injectable()
export class DeadLetters {
  constructor(
    private readonly database: Database,
    private readonly wakeups: Wakeups,
    private readonly listeners: DeadLetterListeners,
    private readonly clock: Clock,
  ) {}

  /**
   * Puts them back into their lanes with a fresh count of attempts. Two people who retry the same ones move them once.
   * Bulk retries go in transactions of 500; `onProgress` hears how many are moved so far.
   * @throws MESSAGING.DEAD_LETTER_NOT_OPEN when ids were given and none of them is open
   */
  async retry(
    selection: DeadLetterSelection,
    actor: string,
    onProgress: (moved: number) => void = () => undefined,
  ): Promise<Moved> {
    return this.inBatches(selection, onProgress, (tx, ids) => this.retryIn(tx, ids, actor));
  }

  /**
   * @param reason why it is given up; recorded
   * @throws MESSAGING.DEAD_LETTER_NOT_OPEN when ids were given and none of them is open
   */
  async discard(selection: DeadLetterSelection, reason: string, actor: string): Promise<Moved> {
    return this.inBatches(
      selection,
      () => undefined,
      async (tx, ids) => {
        const closed = await tx.query<{ delivery_id: string; run_id: string | null }>(
          `update messaging.dead_letters
           set status = 'discarded', closed_at = now(), closed_by = $2, close_reason = $3
           where delivery_id = any($1::uuid[]) returning delivery_id, run_id`,
          [ids, actor, reason],
        );
        await this.listeners.discarded(tx, runsOf(closed));
        await this.audit(tx, 'messaging.dead-letter-discarded', actor, closed, { reason });
        return closed.map(({ delivery_id }) => delivery_id);
      },
    );
  }

  /** Within a transaction of the caller's: used by retries of a run and decisions on uncertain effects. */
  async retryIn(tx: Tx, ids: readonly string[], actor: string): Promise<string[]> {
    const closed = await tx.query<{ delivery_id: string; run_id: string | null; lane: string }>(
      `with closed as (
         update messaging.dead_letters
         set status = 'retried', closed_at = now(), closed_by = $2
         where delivery_id = any($1::uuid[]) and status in ('dead', 'uncertain')
         returning *)
       insert into messaging.deliveries (id, message_id, type, handler, lane, capability, flow, run_id, step, visit,
         order_key, hold, max_attempts, created_at)
       select delivery_id, message_id, type, handler, lane, capability, flow, run_id, step, visit, order_key, hold,
         max_attempts, created_at
       from closed order by delivery_id
       returning id as delivery_id, run_id, lane`,
      [ids, actor],
    );
    await this.listeners.retried(tx, runsOf(closed));
    await this.audit(tx, 'messaging.dead-letter-retried', actor, closed, {});
    this.wakeups.signal(new Set(closed.map(({ lane }) => lane)));
    return closed.map(({ delivery_id }) => delivery_id);
  }

  private async inBatches(
    selection: DeadLetterSelection,
    onProgress: (moved: number) => void,
    work: (tx: Tx, ids: readonly string[]) => Promise<string[]>,
  ): Promise<Moved> {
    const started = await this.databaseTime();
    const moved: string[] = [];
    for (;;) {
      const ids = await this.database.transaction(async (tx) => {
        const open = await lockOpen(tx, selection, started);
        return open.length > 0 ? work(tx, open) : [];
      });
      if (ids.length === 0) break;
      moved.push(...ids);
      onProgress(moved.length);
    }
    if (moved.length === 0 && selection.ids) throw DeadLetterNotOpen();
    this.wakeups.signal(['local']);
    return { ids: moved };
  }

  /** By the database's clock, which also says when a letter died, and to the microsecond. */
  private async databaseTime(): Promise<string> {
    const [row] = await this.database.query<{ now: string }>(`select clock_timestamp()::text as now`);
    if (!row) throw new Error('the database did not tell the time');
    return row.now;
  }

  private async audit(
    tx: Tx,
    action: string,
    actor: string,
    closed: readonly { delivery_id: string; run_id: string | null }[],
    details: Record<string, unknown>,
  ): Promise<void> {
    const entries = closed.map(({ delivery_id, run_id }) => ({
      actor,
      action,
      outcome: 'ok' as const,
      subject: `delivery:${delivery_id}`,
      runId: run_id ?? undefined,
      details,
    }));
    await appendAudit(tx, entries, this.clock.now());
  }
}

/** @param started what dies after it, also what was retried and died again, is left alone: no letter is moved twice */
async function lockOpen(
  tx: Tx,
  { ids, flow, type, code, before }: DeadLetterSelection,
  started: string,
): Promise<string[]> {
  const rows = await tx.query<{ delivery_id: string }>(
    `select delivery_id from messaging.dead_letters
     where status in ('dead', 'uncertain')
       and ($1::uuid[] is null or delivery_id = any($1::uuid[]))
       and ($2::text is null or flow = $2) and ($3::text is null or type = $3) and ($4::text is null or code = $4)
       and ($5::timestamptz is null or died_at < $5) and died_at <= $6
     order by delivery_id limit ${batch} for update skip locked`,
    [ids ? [...ids] : null, flow ?? null, type ?? null, code ?? null, before ?? null, started],
  );
  return rows.map(({ delivery_id }) => delivery_id);
}

function runsOf(rows: readonly { run_id: string | null }[]): string[] {
  return [...new Set(rows.flatMap(({ run_id }) => (run_id ? [run_id] : [])))];
}
