import { Injectable, Logger } from '@nestjs/common';
import { appendAudit } from '../audit/append-audit.js';
import { Database } from '../database/database.js';
import type { Tx } from '../database/tx.js';
import { Clock } from '../kernel/clock.js';
import { newId } from '../kernel/ids.js';
import { DeadLetterListeners } from './dead-letter-listeners.js';
import { CrashedTwice, recordOf, WorkerDied } from './failure.js';
import { Relays } from './relays.js';
import { Wakeups } from './wakeups.js';
import { WorkerRegistry } from './worker-registry.js';

const intervalMs = 2_000;
const deadWorkerSeconds = 30;
/** The worker of an attempt that nobody lived to tell of. */
const noWorker = '00000000-0000-0000-0000-000000000000';
/** Heartbeats come every five seconds: so long after a lease ended, its worker has shown that it lives, or is dead. */
const certaintySeconds = 6;

interface TakenOver {
  id: string;
  run_id: string | null;
  crashes: number;
  crashed: boolean;
}

/**
 * Finds what nobody else will: leases whose worker died, deliveries that no process can run or that one can run again,
 * timers that are due. It also brings suspects to be run alone.
 */
@Injectable()
export class Reconciler {
  private readonly logger = new Logger(Reconciler.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly relays: Relays,
    private readonly registry: WorkerRegistry,
    private readonly wakeups: Wakeups,
    private readonly deadLetters: DeadLetterListeners,
    private readonly clock: Clock,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.tick(), intervalMs);
    this.timer.unref();
    void this.tick();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private tick(): Promise<void> {
    this.running ??= this.reconcile()
      .catch((error: unknown) => this.logger.warn({ err: error }, 'could not reconcile; tried again'))
      .finally(() => (this.running = undefined));
    return this.running;
  }

  /** One pass. Public for tests and for `signalbox doctor`. */
  async reconcile(): Promise<void> {
    await this.registry.beat();
    await this.takeOver();
    await this.park();
    await this.fireTimers();
    const [suspect] = await this.database.query(
      `select 1 from messaging.deliveries where state = 'suspect' limit 1`,
    );
    if (suspect) await this.relays.runSuspects();
  }

  /**
   * Expired leases are taken over. Those of a worker that still shows signs of life (it was cut off, or too slow) are
   * due again; those of a dead one become suspects, and at the second crash a delivery is dead.
   */
  private async takeOver(): Promise<void> {
    await this.database.transaction(async (tx) => {
      const taken = await tx.query<TakenOver>(
        `with expired as materialized (
           select id from messaging.deliveries
           where state = 'leased' and lease_expires_at < now() - make_interval(secs => $1)
           order by id limit 500 for update skip locked)
         update messaging.deliveries d
         set state = case when alive.id is null then 'suspect' else 'pending' end,
           crashes = d.crashes + case when alive.id is null then 1 else 0 end,
           owner = null, fence = null, lease_expires_at = null
         from expired e
         left join messaging.deliveries l on l.id = e.id
         left join messaging.workers alive
           on alive.id = l.owner and alive.seen_at > l.lease_expires_at
         where e.id = d.id
         returning d.id, d.run_id, d.crashes, alive.id is null as crashed`,
        [certaintySeconds],
      );
      if (taken.length === 0) return;
      this.logger.warn({ deliveries: taken.length }, 'leases of a dead worker were taken over');
      const dead = taken.filter(({ crashes }) => crashes >= 2).map(({ id }) => id);
      await tx.query(`delete from messaging.key_leases where expires_at < now()`);
      await noteCrashes(
        tx,
        taken.filter(({ crashed }) => crashed).map(({ id }) => id),
      );
      if (dead.length > 0) await this.bury(dead, tx);
      await appendAudit(
        tx,
        taken.map(({ id, run_id, crashes }) => ({
          actor: 'system',
          action: 'messaging.lease-taken-over',
          outcome: 'ok' as const,
          subject: `delivery:${id}`,
          runId: run_id ?? undefined,
          details: { crashes, dead: crashes >= 2 },
        })),
        this.clock.now(),
      );
    });
  }

  private async bury(ids: readonly string[], tx: Tx): Promise<void> {
    await tx.query(
      `with gone as (delete from messaging.deliveries where id = any($1::uuid[]) returning *)
       insert into messaging.dead_letters (delivery_id, status, message_id, type, handler, lane, capability, flow,
         run_id, step, visit, order_key, hold, max_attempts, payload, key_id, code, error, attempts, created_at)
       select g.id, 'dead', g.message_id, g.type, g.handler, g.lane, g.capability, g.flow, g.run_id, g.step, g.visit,
         g.order_key, g.hold, g.max_attempts, m.payload, m.key_id, $2::jsonb->>'code', $2::jsonb, g.attempts, g.created_at
       from gone g join messaging.messages m on m.id = g.message_id`,
      [ids, JSON.stringify(recordOf(CrashedTwice()))],
    );
    await this.deadLetters.buried(tx, ids);
  }

  /** A delivery whose capability no live process announces is parked, and unparked when one does. */
  private async park(): Promise<void> {
    const changed = await this.database.query<{ lane: string; state: string; capability: string }>(
      `with known as materialized (
         select distinct unnest(capabilities) as capability from messaging.workers
         where seen_at > now() - make_interval(secs => $1)),
       candidates as materialized (
         select d.id, d.state from messaging.deliveries d
         where (d.state = 'pending' and d.capability not in (select capability from known))
            or (d.state = 'parked' and d.capability in (select capability from known))
         order by d.id limit 1000 for update skip locked)
       update messaging.deliveries d
       set state = case when c.state = 'parked' then 'pending' else 'parked' end
       from candidates c where c.id = d.id and exists (select from known)
       returning d.lane, d.state, d.capability`,
      [deadWorkerSeconds],
    );
    const parked = new Set(
      changed.filter(({ state }) => state === 'parked').map(({ capability }) => capability),
    );
    if (parked.size > 0)
      this.logger.warn({ requires: [...parked] }, 'deliveries are parked: no process can run them');
    this.wakeups.signal(new Set(changed.filter(({ state }) => state === 'pending').map(({ lane }) => lane)));
  }

  /** Timers that are due become deliveries. Public for tests that move the clock. */
  async fireTimers(): Promise<void> {
    const fired = await this.database.query<{ lane: string }>(
      `with due as (
         delete from messaging.timers where id in (
           select id from messaging.timers where due_at <= now() + make_interval(secs => $1)
           order by due_at limit 1000 for update skip locked)
         returning *)
       insert into messaging.deliveries (id, message_id, type, handler, lane, capability, flow, run_id, step, visit,
         order_key, hold, max_attempts)
       select id, message_id, type, handler, lane, capability, flow, run_id, step, visit, order_key, hold, max_attempts
       from due order by due_at
       returning lane`,
      [this.clock.shiftMs / 1000],
    );
    this.wakeups.signal(new Set(fired.map(({ lane }) => lane)));
  }
}

/** A crash is an attempt, too: it shows in the run's timeline. When it began is not known. */
async function noteCrashes(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const rows = ids.map((id) => ({ id, attempt_id: newId() }));
  await tx.query(
    `insert into messaging.attempts (id, delivery_id, message_id, type, run_id, flow, step, visit, number, outcome,
       error, started_at, finished_at, worker, traceparent)
     select i.attempt_id, d.id, d.message_id, d.type, d.run_id, d.flow, d.step, d.visit, d.attempts, 'crashed',
       $2::jsonb, now(), now(), $3, m.traceparent
     from json_to_recordset($1::json) as i(id uuid, attempt_id uuid)
     join messaging.deliveries d using (id) join messaging.messages m on m.id = d.message_id`,
    [JSON.stringify(rows), JSON.stringify(recordOf(WorkerDied())), noWorker],
  );
}
