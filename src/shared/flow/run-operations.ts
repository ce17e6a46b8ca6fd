import { Injectable } from '@nestjs/common';
import { appendAudit } from '../audit/append-audit.js';
import type { AuditEntry } from '../audit/audit-entry.js';
import type { DataKey } from '../crypto/field-cipher.js';
import { KeyRing } from '../crypto/key-ring.js';
import { Database } from '../database/database.js';
import type { Tx } from '../database/tx.js';
import { Clock } from '../kernel/clock.js';
import { DeadLetters } from '../messaging/dead-letters.js';
import { Outbox } from '../messaging/outbox.js';
import { Wakeups } from '../messaging/wakeups.js';
import { isOpen, lockCases, release, type CaseRow } from './cases.js';
import { FlowRegistry } from './flow-registry.js';
import { CaseOpen, RunEnded, RunNotFound, RunNotHeld, RunStillOpen, RunWorking } from './flow.errors.js';
import { openState, type RunRow, type RunStatus } from './runs.js';
import { StepEntry, type Entered, type Entry } from './step-entry.js';
import { UndoRun, type DoneEffect } from './undo-run.js';
import { leaveAll } from './waits.js';

export interface CancelledRun {
  readonly status: RunStatus;
  /** What the run had done, the last first, and whether it is taken back; only where that was asked for. */
  readonly effects?: readonly DoneEffect[];
}

/** What people do to runs. Each is one transaction with its audit entry. */
@Injectable()
export class RunOperations {
  constructor(
    private readonly database: Database,
    private readonly deadLetters: DeadLetters,
    private readonly registry: FlowRegistry,
    private readonly entry: StepEntry,
    private readonly undoing: UndoRun,
    private readonly outbox: Outbox,
    private readonly keyRing: KeyRing,
    private readonly wakeups: Wakeups,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends a run. What waits is dropped; while a step is being worked on the run is `cancelling`, and its effect is
   * recorded before it is `cancelled`. Dead letters of the run are discarded.
   * @param undo takes back what was done, as far as its commands declare how; not while a step is being worked on
   * @throws FLOW.RUN_NOT_FOUND, FLOW.RUN_ENDED, FLOW.RUN_WORKING
   */
  async cancel(runId: string, reason: string, actor: string, undo = false): Promise<CancelledRun> {
    return this.change(async (tx, lanes) => {
      const ofCase = await this.lockCaseOf(tx, runId);
      const run = await lockRun(tx, runId);
      if (!['running', 'held', 'cancelling'].includes(run.status))
        throw RunEnded({ details: { status: run.status } });
      await dropWaiting(tx, runId, actor, reason);
      const [leased] = await tx.query(`select 1 from messaging.deliveries where run_id = $1 limit 1`, [
        runId,
      ]);
      if (leased && undo) throw RunWorking();
      const status: RunStatus = leased ? 'cancelling' : 'cancelled';
      await tx.query(
        `update flow.runs set status = $2, reason = $3, updated_at = $4::timestamptz,
           finished_at = case when $2 = 'cancelled' then $4::timestamptz end
         where id = $1`,
        [runId, status, reason.slice(0, 500), this.clock.now().toISOString()],
      );
      if (ofCase && status === 'cancelled') for (const lane of await release(tx, [ofCase])) lanes.add(lane);
      const { messages, effects } = undo
        ? await this.undoing.plan(tx, run)
        : { messages: [], effects: undefined };
      await this.audit(tx, runId, actor, 'flow.run-cancelled', {
        reason,
        status,
        ...(effects && { effects }),
      });
      await this.write(tx, { changes: [], messages }, lanes);
      return { status, effects };
    });
  }

  /**
   * Tries a held run's dead letter again. A run that nothing moves any more enters its step once more, with the effect
   * that was planned for it.
   * @throws FLOW.RUN_NOT_FOUND, FLOW.RUN_NOT_HELD
   */
  async retry(runId: string, actor: string): Promise<{ deliveries: readonly string[] }> {
    return this.change(async (tx, lanes) => {
      const run = await lockRun(tx, runId);
      const open = await tx.query<{ delivery_id: string }>(
        `select delivery_id from messaging.dead_letters where run_id = $1 and status in ('dead', 'uncertain')`,
        [runId],
      );
      if (open.length === 0) return this.reenter(tx, run, actor, lanes);
      const deliveries = await this.deadLetters.retryIn(
        tx,
        open.map(({ delivery_id }) => delivery_id),
        actor,
      );
      await this.audit(tx, runId, actor, 'flow.run-retried', { deliveries });
      return { deliveries };
    });
  }

  private async reenter(
    tx: Tx,
    run: RunRow,
    actor: string,
    lanes: Set<string>,
  ): Promise<{ deliveries: readonly string[] }> {
    const [moved] = await tx.query(stillMoved, [run.id]);
    if (!['running', 'held'].includes(run.status) || moved) throw RunNotHeld();
    const entry = entryOf(run, await this.keyRing.loadOne(run.key_id), this.clock.now());
    const { messages, changes } = this.entry.enter(entry);
    await this.write(tx, { messages, changes: [...changes, ...this.entry.anywhere(entry)] }, lanes);
    await tx.query(
      `update flow.runs set status = 'running', reason = null, updated_at = now() where id = $1`,
      [run.id],
    );
    await this.audit(tx, run.id, actor, 'flow.run-reentered', { step: run.step });
    return { deliveries: messages.flatMap(({ target }) => (target ? [target.id] : [])) };
  }

  /**
   * Runs a step again with a new generation of effects: what was confirmed before may be done once more. That is what
   * a redo is for, so it is a command of its own, with a reason.
   * @throws FLOW.RUN_NOT_FOUND, FLOW.RUN_STILL_OPEN, FLOW.CASE_OPEN, FLOW.STEP_UNKNOWN
   */
  async redo(runId: string, step: string, reason: string, actor: string): Promise<{ generation: number }> {
    return this.change(async (tx, lanes) => {
      const ofCase = await this.lockCaseOf(tx, runId);
      const run = await lockRun(tx, runId);
      if (run.status === 'running' || run.status === 'cancelling') throw RunStillOpen();
      if (ofCase) await refuseWhereOpen(tx, run);
      await dropWaiting(tx, runId, actor, 'redone');
      const key = await this.keyRing.loadOne(run.key_id);
      const generation = run.generation + 1;
      const now = this.clock.now();
      const entered = this.entry.enter({
        ...{ runId, flow: run.flow, version: run.version, generation, step, key, now },
        visit: run.visit + 1,
        state: openState(run, key),
        businessKey: run.business_key,
        causationId: null,
        partitionKey: runId,
        traceparent: run.traceparent,
      });
      const anywhere = this.entry.anywhere(entryOf(run, key, now));
      await this.write(tx, { ...entered, changes: [...entered.changes, ...anywhere] }, lanes);
      await tx.query(
        `update flow.runs set status = 'running', step = $2, visit = visit + 1, generation = $3, reason = null,
           updated_at = $4, finished_at = null
         where id = $1`,
        [runId, step, generation, now.toISOString()],
      );
      await this.audit(tx, runId, actor, 'flow.run-redone', { step, generation, reason });
      return { generation };
    });
  }

  /** One transaction; the lanes in which it put work are looked at when it is committed. */
  private async change<T>(work: (tx: Tx, lanes: Set<string>) => Promise<T>): Promise<T> {
    const lanes = new Set<string>();
    const result = await this.database.transaction((tx) => work(tx, lanes));
    this.wakeups.signal(lanes);
    return result;
  }

  /** What entering a step writes; messages last, as the committer does. */
  private async write(tx: Tx, { changes, messages }: Entered, lanes: Set<string>): Promise<void> {
    for (const { set, row } of changes) await set.write(tx, [row], (lane) => lanes.add(lane));
    for (const lane of await this.outbox.append(tx, messages)) lanes.add(lane);
  }

  /** Of a run whose flow has one open run for each case; before its row is locked, as the committer does. */
  private async lockCaseOf(tx: Tx, runId: string): Promise<CaseRow | undefined> {
    const [run] = await tx.query<Pick<RunRow, 'flow' | 'version' | 'business_key'>>(
      `select flow, version, business_key from flow.runs where id = $1`,
      [runId],
    );
    if (!run || !this.registry.get(run.flow, run.version)?.onePerCase) return undefined;
    const ofCase = { flow: run.flow, key: run.business_key.toString('base64') };
    await lockCases(tx, [ofCase]);
    return ofCase;
  }

  private async audit(
    tx: Tx,
    runId: string,
    actor: string,
    action: string,
    details: Record<string, unknown>,
  ): Promise<void> {
    const entry: AuditEntry = { actor, action, outcome: 'ok', subject: `run:${runId}`, runId, details };
    await appendAudit(tx, [entry], this.clock.now());
  }
}

/** Whether something will move a run: then there is nothing to mend. */
const stillMoved = `
  select from flow.runs r where r.id = $1 and (
    exists (select from messaging.deliveries d where d.run_id = r.id)
    or exists (select from messaging.timers t where t.run_id = r.id)
    or exists (select from flow.waits w where w.run_id = r.id and w.visit = r.visit)
    or exists (select from flow.approvals a where a.run_id = r.id and a.state = 'open'))`;

/** Where a run stands, for what it listens to wherever that is. */
function entryOf(run: RunRow, key: DataKey, now: Date): Entry {
  const { id: runId, flow, version, generation, step, visit, business_key: businessKey, traceparent } = run;
  return {
    ...{ runId, flow, version, generation, step, visit, key, businessKey, traceparent, now },
    ...{ state: openState(run, key), causationId: null, partitionKey: runId },
  };
}

/** @throws FLOW.CASE_OPEN when another run of the case has begun since */
async function refuseWhereOpen(tx: Tx, run: RunRow): Promise<void> {
  const [other] = await tx.query<{ id: string }>(
    `select id from flow.runs where business_key = $1 and flow = $2 and id <> $3 and ${isOpen} limit 1`,
    [run.business_key, run.flow, run.id],
  );
  if (other) throw CaseOpen({ details: { runId: other.id } });
}

async function lockRun(tx: Tx, runId: string): Promise<RunRow> {
  const [run] = await tx.query<RunRow>(`select * from flow.runs where id = $1 for update`, [runId]);
  if (!run) throw RunNotFound({ details: { runId } });
  return run;
}

/** Deliveries that nobody holds, timers, open dead letters and planned effects of a run. */
async function dropWaiting(tx: Tx, runId: string, actor: string, reason: string): Promise<void> {
  await tx.query(
    `delete from messaging.deliveries where id in (
       select id from messaging.deliveries where run_id = $1 and state <> 'leased' for update skip locked)`,
    [runId],
  );
  await leaveAll(tx, runId);
  await tx.query(
    `update messaging.dead_letters set status = 'discarded', closed_at = now(), closed_by = $2, close_reason = $3
     where run_id = $1 and status in ('dead', 'uncertain')`,
    [runId, actor, reason],
  );
  await tx.query(
    `update effects.effects e set state = 'abandoned', updated_at = now()
     where e.run_id = $1 and e.state = 'planned'
       and not exists (select from messaging.deliveries d where d.id = e.delivery_id)`,
    [runId],
  );
}
