import { Injectable } from '@nestjs/common';
import type { Tx } from '../database/tx.js';
import type { DeadLetterListener } from '../messaging/dead-letter-listeners.js';
import { lockCases, release, type CaseRow } from './cases.js';
import { leaveAll } from './waits.js';

/** Keeps runs in step with their dead letters: held while one is open, running again after a retry, failed at discard. */
@Injectable()
export class RunDeadLetters implements DeadLetterListener {
  async buried(tx: Tx, deliveryIds: readonly string[]): Promise<void> {
    await tx.query(
      `update flow.runs set status = 'held', reason = 'MESSAGING.CRASHED_TWICE', updated_at = now()
       where status = 'running'
         and id in (select run_id from messaging.dead_letters where delivery_id = any($1::uuid[]))`,
      [deliveryIds],
    );
  }

  async retried(tx: Tx, runIds: readonly string[]): Promise<void> {
    await tx.query(
      `update flow.runs set status = 'running', reason = null, updated_at = now()
       where id = any($1::uuid[]) and status = 'held'`,
      [runIds],
    );
  }

  async discarded(tx: Tx, runIds: readonly string[]): Promise<void> {
    const ended = await tx.query<CaseRow & { id: string }>(
      `select id, flow, encode(business_key, 'base64') as key from flow.runs
       where id = any($1::uuid[]) and status = 'held'`,
      [runIds],
    );
    if (ended.length > 0) await lockCases(tx, ended);
    await tx.query(
      `update flow.runs set status = 'failed', updated_at = now(), finished_at = now()
       where id = any($1::uuid[]) and status = 'held'`,
      [runIds],
    );
    await tx.query(
      `update effects.effects set state = 'abandoned', updated_at = now()
       where run_id = any($1::uuid[]) and state in ('planned', 'failed', 'uncertain')`,
      [runIds],
    );
    for (const { id } of ended) await leaveAll(tx, id);
    await release(tx, ended);
  }
}
