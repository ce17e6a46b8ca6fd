import type { Tx } from '../database/tx.js';
import { change, type Change, type ChangeSet } from '../messaging/outcome.js';

/** What a run listens to. */
export interface WaitRow {
  readonly runId: string;
  readonly flow: string;
  readonly eventType: string;
  /** Keyed hash of what the run calls its case. */
  readonly key: Buffer;
  /** Of the step that waits; 0: wherever the run stands. */
  readonly visit: number;
  /** Which of the listeners. */
  readonly place: number;
}

/** An event that a flow listens to. */
export interface KeptEvent {
  readonly flow: string;
  readonly eventType: string;
  readonly key: Buffer;
  readonly messageId: string;
  /** Waits that it was matched with, as `run/visit/place`. */
  readonly matched: readonly string[];
}

/** How much earlier than a run left its wait an event may have been kept: commits overlap. */
const overlapSeconds = 10;

/**
 * Who registers a wait and who keeps an event lock the same key first; so whichever comes second sees the other, and
 * neither is missed.
 */
async function lock(tx: Tx, keys: readonly Buffer[]): Promise<void> {
  await tx.query(
    `select pg_advisory_xact_lock(h) from (
       select distinct ('x' || substr(encode(k, 'hex'), 1, 16))::bit(64)::bigint as h
       from unnest($1::bytea[]) as k order by 1 offset 0) l`,
    [keys],
  );
}

const base64 = (bytes: Buffer): string => bytes.toString('base64');

/** Delivers events to the flow once more: it finds the waits that it did not see before. */
const again = `
  insert into messaging.deliveries (id, message_id, type, handler, lane, capability, flow, run_id, step, visit,
    order_key, hold, max_attempts)
  select gen_random_uuid(), f.message_id, f.event_type, s.handler, s.lane, s.capability, s.flow, null, '', 0, null,
    false, 14
  from found f
  join messaging.subscriptions s
    on s.event_type = f.event_type and s.subscriber = 'flow:' || f.flow || ':events' and s.active
  returning lane`;

/**
 * Registers waits, and delivers again what was kept for them: accepted after the event that started the run, kept since
 * the run left its wait before, and not what has moved it, or an earlier run of the same case, before.
 */
const registerWaits = `
  with input as materialized (
    select "runId" as run_id, flow, "eventType" as event_type, decode(key, 'base64') as key, visit, place
    from json_to_recordset($1::json) as w("runId" uuid, flow text, "eventType" text, key text, visit integer,
      place integer)),
  waits as (
    insert into flow.waits (run_id, flow, event_type, key, visit, place)
    select run_id, flow, event_type, key, visit, place from input
    on conflict do nothing),
  found as (
    select distinct k.flow, k.event_type, k.message_id
    from input i join flow.runs r on r.id = i.run_id
    join flow.kept_events k on k.flow = i.flow and k.key = i.key and k.event_type = i.event_type
    where k.message_id > r.started_by and k.at > r.listening_since - make_interval(secs => ${overlapSeconds})
      and not exists (
        select from flow.heard_events h join flow.runs o on o.id = h.run_id
        where h.message_id = k.message_id
          and (o.id = r.id or (o.flow = r.flow and o.business_key = r.business_key and o.finished_at <= r.created_at))))
  ${again}`;

const newWaits: ChangeSet<WaitRow> = {
  table: 'flow.waits (new)',
  keyOf: ({ runId, visit, place }) => `${runId}/${visit}/${place}`,
  async write(tx, rows, wake) {
    await lock(
      tx,
      rows.map(({ key }) => key),
    );
    const found = await tx.query<{ lane: string }>(registerWaits, [
      JSON.stringify(rows.map((row) => ({ ...row, key: base64(row.key) }))),
    ]);
    for (const { lane } of found) wake(lane);
  },
};

const keptEvents: ChangeSet<KeptEvent> = {
  table: 'flow.kept_events',
  keyOf: ({ flow, key, messageId }) => `${flow}/${base64(key)}/${messageId}`,
  async write(tx, rows, wake) {
    await lock(
      tx,
      rows.map(({ key }) => key),
    );
    const found = await tx.query<{ lane: string }>(
      `with input as materialized (
         select flow, "eventType" as event_type, decode(key, 'base64') as key, "messageId" as message_id, matched
         from json_to_recordset($1::json) as k(flow text, "eventType" text, key text, "messageId" uuid, matched jsonb)),
       kept as (
         insert into flow.kept_events (flow, key, message_id, event_type, at)
         select flow, key, message_id, event_type, clock_timestamp() from input order by flow, key
         on conflict do nothing),
       found as (
         select distinct i.flow, i.event_type, i.message_id
         from input i join flow.waits w on w.key = i.key and w.event_type = i.event_type and w.flow = i.flow
         where not i.matched ? (w.run_id || '/' || w.visit || '/' || w.place))
       ${again}`,
      [JSON.stringify(rows.map((row) => ({ ...row, key: base64(row.key) })))],
    );
    for (const { lane } of found) wake(lane);
  },
};

interface LeftWait {
  readonly runId: string;
  /** The step's visit that is over; null: the whole run is. */
  readonly visit: number | null;
}

/** What a run waited for at a step it left: waits, timers and open approvals go. */
const leftWaits: ChangeSet<LeftWait> = {
  table: 'flow.waits (left)',
  keyOf: ({ runId }) => runId,
  fold: (earlier, later) => (earlier.visit === null ? earlier : later),
  async write(tx, rows) {
    await tx.query(
      `with input as (select * from json_to_recordset($1::json) as l("runId" uuid, visit integer)),
       waits as (
         delete from flow.waits w using input i where w.run_id = i."runId" and (i.visit is null or w.visit = i.visit)),
       timers as (
         delete from messaging.timers t using input i where t.run_id = i."runId" and (i.visit is null or t.visit = i.visit))
       update flow.approvals a set state = 'superseded', decided_at = now()
       from input i where a.run_id = i."runId" and (i.visit is null or a.visit = i.visit) and a.state = 'open'`,
      [JSON.stringify(rows)],
    );
  },
};

export function listen(row: WaitRow): Change {
  return change(newWaits, row);
}

export function keep(row: KeptEvent): Change {
  return change(keptEvents, row);
}

/** @param visit of the step that is left; null when the run ends */
export function leave(runId: string, visit: number | null): Change {
  return change(leftWaits, { runId, visit });
}

/** The same as `leave` for a whole run, outside the committer. */
export async function leaveAll(tx: Tx, runId: string): Promise<void> {
  await leftWaits.write(tx, [{ runId, visit: null }], () => undefined);
}
