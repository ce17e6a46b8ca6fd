import { Injectable } from '@nestjs/common';
import { appendAudit } from '../audit/append-audit.js';
import { Database } from '../database/database.js';
import { isConnectionError } from '../database/pg-errors.js';
import type { Tx } from '../database/tx.js';
import { Clock } from '../kernel/clock.js';
import { crashPoint, isBroken } from '../kernel/crash-point.js';
import type { Finished, FinishResult } from './finished.js';
import { Group } from './group.js';
import type { MessageRow } from './message-row.js';
import type { Change, ChangeSet } from './outcome.js';
import { Outbox } from './outbox.js';
import { Wakeups } from './wakeups.js';
import { WorkerIdentity } from './worker-identity.js';

const input = `
  id uuid, fence bigint, status text, due_in_ms bigint, release_key text, attempt_id uuid, message_id uuid, type text,
  run_id uuid, flow text, step text, visit integer, attempts integer, error jsonb, decision jsonb,
  started_at timestamptz, finished_at timestamptz, worker uuid, traceparent text`;

/**
 * The guard, which is also the inbox: only who still holds the lease (same fence) may write its outcome; whoever does
 * not is not in the answer, and nothing of its outcome is written. Ended deliveries leave the live table; each attempt
 * leaves one row. The ids are a parameter of their own wherever rows are found by them: a plan that is kept from when
 * the table was small would otherwise read all of it.
 */
const guard = `
  with input as materialized (select * from json_to_recordset($1::json) as o(${input})),
  held as materialized (
    select d.id from messaging.deliveries d join input i on i.id = d.id
    where d.id = any($3::uuid[]) and d.state = 'leased' and (d.fence = i.fence or $2)
    order by d.id for update of d),
  outcome as materialized (select i.* from input i join held using (id)),
  ended as (
    delete from messaging.deliveries d using outcome o
    where d.id = o.id and o.status in ('done', 'dead', 'uncertain', 'cancelled')
    returning d.id, d.handler, d.lane, d.capability, d.order_key, d.hold, d.max_attempts, d.created_at),
  put_back as (
    update messaging.deliveries d
    set state = 'pending', owner = null, fence = null, lease_expires_at = null,
      due_at = case when o.status = 'returned' and o.due_in_ms = 0 then d.due_at
        else now() + make_interval(secs => o.due_in_ms / 1000.0) end,
      attempts = d.attempts - case when o.status = 'returned' then 1 else 0 end
    from outcome o where d.id = o.id and o.status in ('retry', 'returned')),
  released as (
    delete from messaging.key_leases k using outcome o
    where k.order_key = decode(o.release_key, 'base64') and k.owner = o.worker),
  history as (
    insert into messaging.attempts (id, delivery_id, message_id, type, run_id, flow, step, visit, number, outcome,
      decision, error, started_at, finished_at, worker, traceparent)
    select attempt_id, id, message_id, type, run_id, flow, step, visit, attempts, status, decision, error, started_at,
      finished_at, worker, traceparent
    from outcome where status <> 'returned')`;

/** What waits for a person keeps its payload. Part of the statement only where something does. */
const bury = `,
  buried as (
    insert into messaging.dead_letters (delivery_id, status, message_id, type, handler, lane, capability, flow, run_id,
      step, visit, order_key, hold, max_attempts, payload, key_id, code, error, attempts, created_at)
    select e.id, o.status, o.message_id, o.type, e.handler, e.lane, e.capability, o.flow, o.run_id, o.step, o.visit,
      e.order_key, e.hold, e.max_attempts, m.payload, m.key_id, o.error->>'code', o.error, o.attempts, e.created_at
    from ended e join outcome o on o.id = e.id join messaging.messages m on m.id = o.message_id
    where o.status in ('dead', 'uncertain')
    on conflict (delivery_id) do update set status = excluded.status, error = excluded.error, code = excluded.code,
      attempts = excluded.attempts, died_at = now(), closed_at = null, closed_by = null, close_reason = null)`;

const winners = `
  select id from held`;

const maxItems = 250;
const maxBytes = 4 * 1024 * 1024;
const connectionRetries = 8;

/**
 * Writes the outcomes of many deliveries in one transaction: guard, changes by table and key, then messages with
 * their deliveries and planned effects, then audit. The number of statements does not depend on how many there are.
 */
@Injectable()
export class Committer {
  private readonly group: Group<Finished, FinishResult>;

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly wakeups: Wakeups,
    private readonly worker: WorkerIdentity,
    private readonly clock: Clock,
  ) {
    this.group = new Group((items) => this.commit(items), {
      maxItems,
      maxWeight: maxBytes,
      weigh: weightOf,
      // Whatever competes for a run is decided by its row: of two in one statement neither would see the other.
      keyOf: ({ lease }) => lease.row.run_id ?? undefined,
      parallel: 2,
    });
  }

  /** Resolves when the outcome is durable, or was refused by its fence. */
  finish(finished: Finished): Promise<FinishResult> {
    return this.group.add(finished);
  }

  /** Outcomes that are not durable yet. */
  get pending(): number {
    return this.group.size;
  }

  private async commit(items: readonly Finished[]): Promise<readonly FinishResult[]> {
    crashPoint('outcome-before-commit');
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.write(items);
      } catch (error) {
        if (!isConnectionError(error) || tries > connectionRetries) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** tries));
        const written = await this.alreadyWritten(items).catch(() => undefined);
        if (written) return written;
      }
    }
  }

  private async write(items: readonly Finished[]): Promise<readonly FinishResult[]> {
    const woken = new Set<string>();
    const { won, lanes } = await this.database.transaction(async (tx) => {
      const wake = (lane: string): void => void woken.add(lane);
      const waits = items.some(({ status }) => status === 'dead' || status === 'uncertain');
      const rows = await tx.query<{ id: string }>(guard + (waits ? bury : '') + winners, [
        JSON.stringify(items.map((item) => outcomeRow(item, this.worker.id))),
        isBroken('fence'),
        items.map(({ lease }) => lease.row.id),
      ]);
      const won = new Set(rows.map(({ id }) => id));
      const outcomes = items.filter(({ lease }) => won.has(lease.row.id));
      const changes = outcomes.flatMap(({ contribution }): readonly Change[] => contribution.changes);
      const refused = await writeChanges(
        tx,
        changes.filter((one) => one.unlessRefused === undefined),
        wake,
      );
      const following = changes.filter((one) => one.unlessRefused && !refused.has(one.unlessRefused));
      if (following.length > 0) await writeChanges(tx, following, wake);
      const messages = outcomes.flatMap((one) => followingMessages(one, refused));
      const audit = outcomes.flatMap(({ contribution }) =>
        refused.has(contribution.starts ?? '') ? [] : contribution.audit,
      );
      const lanes = this.outbox.append(tx, messages);
      tx.later(lanes);
      tx.later(appendAudit(tx, audit, this.clock.now()));
      return { won, lanes };
    });
    this.wakeups.signal(new Set([...(await lanes), ...woken]));
    return items.map(({ lease }) => ({ won: won.has(lease.row.id) }));
  }

  /** After a lost connection: did the commit take effect? Attempts have ids of their own, so their rows tell. */
  private async alreadyWritten(items: readonly Finished[]): Promise<FinishResult[] | undefined> {
    const recorded = items.filter(({ status }) => status !== 'returned');
    if (recorded.length === 0) return undefined;
    const rows = await this.database.query<{ delivery_id: string }>(
      `select delivery_id from messaging.attempts where id = any($1::uuid[])`,
      [recorded.map(({ attemptId }) => attemptId)],
    );
    if (rows.length === 0) return undefined;
    const written = new Set(rows.map(({ delivery_id }) => delivery_id));
    return items.map(({ lease }) => ({ won: written.has(lease.row.id) }));
  }
}

/** What an outcome sends: nothing to a run that did not move, or that was not started. */
function followingMessages(
  { lease, contribution }: Finished,
  refused: ReadonlySet<string>,
): readonly MessageRow[] {
  const own = contribution.starts ?? lease.row.run_id;
  return contribution.messages.filter(({ target }) => {
    const isOfItsRun = target !== undefined && target.runId === own;
    return !isOfItsRun || !refused.has(target.runId ?? '');
  });
}

function outcomeRow(item: Finished, worker: string): Record<string, unknown> {
  const { contribution } = item;
  const { row } = item.lease;
  return {
    id: row.id,
    fence: row.fence,
    status: item.status,
    due_in_ms: item.dueInMs,
    release_key: item.releasesKey ? (row.order_key?.toString('base64') ?? null) : null,
    attempt_id: item.attemptId,
    message_id: row.message_id,
    type: row.type,
    run_id: row.run_id,
    flow: row.flow,
    step: row.step,
    visit: row.visit,
    attempts: row.attempts,
    error: item.error,
    decision: contribution.decision ?? null,
    started_at: item.startedAt.toISOString(),
    finished_at: item.finishedAt.toISOString(),
    worker,
    traceparent: row.traceparent,
  };
}

/** A rough size in bytes: what an outcome sends to PostgreSQL is mostly sealed payloads. */
function weightOf({ contribution }: Finished): number {
  return 1_000 + contribution.messages.reduce((sum, { payload }) => sum + payload.length + 800, 0);
}

/** Folds rows by key, sorts them, and lets each table write once. Gives the keys for which nothing must follow. */
async function writeChanges(
  tx: Tx,
  changes: readonly Change[],
  wake: (lane: string) => void,
): Promise<Set<string>> {
  const tables = new Map<string, { set: ChangeSet<unknown>; rows: Map<string, unknown> }>();
  for (const { set, row } of changes) {
    const table = tables.get(set.table) ?? { set, rows: new Map<string, unknown>() };
    tables.set(set.table, table);
    const key = set.keyOf(row);
    const earlier = table.rows.get(key);
    table.rows.set(key, earlier !== undefined && set.fold ? set.fold(earlier, row) : row);
  }
  const writes = [...tables.keys()].sort().map(async (name) => {
    const { set, rows } = tables.get(name) as { set: ChangeSet<unknown>; rows: Map<string, unknown> };
    const sorted = [...rows.keys()].sort().map((key) => rows.get(key));
    return (await set.write(tx, sorted, wake)) ?? [];
  });
  return new Set((await Promise.all(writes)).flat());
}
