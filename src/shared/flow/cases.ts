import type { Tx } from '../database/tx.js';
import { change, type Change, type ChangeSet } from '../messaging/outcome.js';

/** Of runs that are not over. */
export const isOpen = `status in ('running', 'held', 'cancelling')`;

/** The case of a run whose flow has one open run for each. */
export interface Case {
  readonly flow: string;
  /** Keyed hash of what the business calls it by. */
  readonly key: Buffer;
}

/** A case by the text of its key, as rows hold it. */
export interface CaseRow {
  readonly flow: string;
  readonly key: string;
}

/** An event that would start a run, or (without one) a move of the open run. */
interface Touch {
  readonly flow: string;
  readonly key: string;
  readonly messageId: string | null;
  readonly eventType: string | null;
  /** The run that is about to be inserted; null where an open one was seen before. */
  readonly runId: string | null;
}

/**
 * Whoever starts, moves or ends a run of a case does so after the other. All cases of a transaction are locked first, in
 * one order.
 */
export async function lockCases(tx: Tx, cases: readonly CaseRow[]): Promise<void> {
  await tx.query(
    `select pg_advisory_xact_lock(h) from (
       select distinct hashtextextended('case|' || f || '|' || k, 0) as h
       from unnest($1::text[], $2::text[]) as c(f, k) order by 1 offset 0) l`,
    [cases.map(({ flow }) => flow), cases.map(({ key }) => key)],
  );
}

const deliverAgain = `
  insert into messaging.deliveries (id, message_id, type, handler, lane, capability, flow, run_id, step, visit,
    order_key, hold, max_attempts)
  select gen_random_uuid(), f.message_id, f.event_type, s.handler, s.lane, s.capability, s.flow, null, '', 0, null,
    false, 14
  from found f
  join messaging.subscriptions s
    on s.event_type = f.event_type and s.subscriber = 'flow:' || f.flow and s.active`;

/**
 * Opens cases. Where a run is open, or another start of the same batch comes first, the start is refused and kept until
 * that run has ended; unless this very event moved it. One that was to be kept, and whose run has ended in the
 * meantime, is delivered again.
 */
const touched: ChangeSet<Touch> = {
  table: 'flow.cases',
  keyOf: ({ messageId, flow, key }) => `${flow}/${messageId ?? key}`,
  async write(tx, rows, wake) {
    await lockCases(tx, rows);
    const starts = rows.filter(({ messageId }) => messageId !== null);
    if (starts.length === 0) return [];
    const written = await tx.query<{ refused: string | null; lane: string | null }>(
      `with input as materialized (
         select flow, decode(key, 'base64') as key, "messageId" as message_id, "eventType" as event_type,
           "runId" as run_id, exists (
             select from flow.runs r where r.business_key = decode(s.key, 'base64') and r.flow = s.flow
               and r.${isOpen}) as is_open, exists (
             select from flow.runs r where r.business_key = decode(s.key, 'base64') and r.flow = s.flow
               and (r.started_by = s."messageId" or exists (
                 select from flow.heard_events h where h.run_id = r.id and h.message_id = s."messageId"))) as is_heard
         from json_to_recordset($1::json) as s(flow text, key text, "messageId" uuid, "eventType" text, "runId" uuid)),
       winners as (
         select distinct on (flow, key) run_id from input
         where run_id is not null and not is_open and not is_heard order by flow, key, run_id),
       kept as (
         insert into flow.deferred_starts (flow, key, message_id, event_type)
         select flow, key, message_id, event_type from input i
         where not is_heard and (is_open or exists (
           select from winners w join input o using (run_id) where o.flow = i.flow and o.key = i.key
             and w.run_id is distinct from i.run_id))
         on conflict do nothing),
       found as (
         select flow, event_type, message_id from input i
         where run_id is null and not is_open and not is_heard and not exists (
           select from winners w join input o using (run_id) where o.flow = i.flow and o.key = i.key)),
       again as (${deliverAgain} returning lane)
       select run_id as refused, null as lane from input
       where run_id is not null and run_id not in (select run_id from winners)
       union all select null, lane from again`,
      [JSON.stringify(starts)],
    );
    return written.flatMap(({ refused, lane }) => {
      if (lane !== null) wake(lane);
      return refused ?? [];
    });
  },
};

/** States that a run is opened for its case; its own changes are to follow only when that is not refused. */
export function openCase({ flow, key }: Case, event: { id: string; type: string }, runId: string): Change {
  const start = { flow, key: key.toString('base64'), messageId: event.id, eventType: event.type };
  return change(touched, { ...start, runId });
}

/** States that a start is to wait for the end of the open run of its case. */
export function deferStart({ flow, key }: Case, event: { id: string; type: string }): Change {
  const start = { flow, key: key.toString('base64'), messageId: event.id, eventType: event.type };
  return change(touched, { ...start, runId: null });
}

/** States that the open run of a case moves: what competes for the case waits. */
export function touchCase({ flow, key }: Case): Change {
  return change(touched, {
    flow,
    key: key.toString('base64'),
    messageId: null,
    eventType: null,
    runId: null,
  });
}

/** Forgets the kept starts by events that have moved the open run: it has heard them. */
export async function forget(tx: Tx, heard: readonly { of: CaseRow; eventId: string }[]): Promise<void> {
  if (heard.length === 0) return;
  await tx.query(
    `delete from flow.deferred_starts d
     using unnest($1::text[], $2::text[], $3::uuid[]) as h(flow, key, message_id)
     where d.flow = h.flow and d.key = decode(h.key, 'base64') and d.message_id = h.message_id`,
    [heard.map(({ of }) => of.flow), heard.map(({ of }) => of.key), heard.map(({ eventId }) => eventId)],
  );
}

/**
 * Delivers the starts again that waited for the end of the open run of their case.
 * @returns the lanes in which they are
 */
export async function release(tx: Tx, ended: readonly CaseRow[]): Promise<string[]> {
  if (ended.length === 0) return [];
  const again = await tx.query<{ lane: string }>(
    `with found as (
       delete from flow.deferred_starts d using unnest($1::text[], $2::text[]) as c(flow, key)
       where d.flow = c.flow and d.key = decode(c.key, 'base64')
       returning d.flow, d.event_type, d.message_id)
     ${deliverAgain} returning lane`,
    [ended.map(({ flow }) => flow), ended.map(({ key }) => key)],
  );
  return again.map(({ lane }) => lane);
}

export function nameOf({ flow, key }: Case): string {
  return `${flow}/${key.toString('base64')}`;
}
