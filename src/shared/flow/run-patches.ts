import { sealJson, type DataKey } from '../crypto/field-cipher.js';
import type { Tx } from '../database/tx.js';
import { change, type Change, type ChangeSet } from '../messaging/outcome.js';
import { forget, release, type CaseRow } from './cases.js';
import { statePlace, type RunStatus } from './runs.js';

interface RunPatch {
  id: string;
  status: RunStatus;
  /** The visit at which the run must stand; null: wherever it stands. */
  expect: number | null;
  step: string | null;
  visit: number | null;
  state: string | null;
  reason: string | null;
  at: string;
  /** Whether the run leaves a wait, so that it listens anew from now on. */
  left: boolean;
  /** The event that moves it; once. */
  event: string | null;
  /** Its delivery, to be delivered again when the run moved meanwhile. */
  again: Again | null;
  /** Its case, where the flow has one open run for each. */
  of: CaseRow | null;
}

/** A delivery that is to be made once more. */
export interface Again {
  readonly message_id: string;
  readonly type: string;
  readonly handler: string;
  readonly lane: string;
  readonly capability: string;
  readonly flow: string;
  readonly step: string;
  readonly visit: number;
}

/**
 * Moves runs on. One that ended or moved meanwhile stays as it is, and nothing follows; one being cancelled is cancelled
 * now. So whatever competes for a run (its step, an event, a time, a person) moves it once.
 */
const runPatches: ChangeSet<RunPatch> = {
  table: 'flow.runs',
  keyOf: ({ id }) => id,
  async write(tx: Tx, rows, wake) {
    const before = await heardBefore(tx, rows);
    const fresh = rows.filter((row) => !before.has(row.id));
    const ids = fresh.map(({ id }) => id);
    const moved = await tx.query<{ id: string; before: RunStatus; over: boolean }>(
      `with input as (
         select * from json_to_recordset($1::json) as p(id uuid, status text, expect integer, step text, visit integer,
           state text, reason text, at timestamptz, "left" boolean)),
       locked as materialized (
         select id, status, visit from flow.runs where id = any($2::uuid[]) order by id for update)
       update flow.runs r
       set status = case l.status when 'running' then i.status when 'cancelling' then 'cancelled' else l.status end,
         step = coalesce(case when l.status = 'running' then i.step end, r.step),
         visit = coalesce(case when l.status = 'running' then i.visit end, r.visit),
         state = coalesce(decode(i.state, 'base64'), r.state),
         reason = case when l.status = 'running' then i.reason else r.reason end,
         updated_at = i.at,
         listening_since = case when i."left" then now() else r.listening_since end,
         finished_at = case
           when l.status = 'cancelling' or (l.status = 'running' and i.status in ('done', 'failed', 'cancelled'))
           then i.at else r.finished_at end
       from input i join locked l on l.id = i.id
       where r.id = i.id and r.id = any($2::uuid[]) and (i.expect is null or l.visit = i.expect)
       returning r.id, l.status as before, r.finished_at is not null as over`,
      [JSON.stringify(fresh), ids],
    );
    const going = new Set(moved.filter(({ before }) => before === 'running').map(({ id }) => id));
    const known = new Set(moved.map(({ id }) => id));
    const over = new Set(moved.filter((one) => one.over).map(({ id }) => id));
    const missed = fresh.filter(({ id, again }) => again !== null && !known.has(id));
    await deliverAgain(tx, missed);
    for (const { again } of missed) if (again) wake(again.lane);
    await hear(
      tx,
      fresh.filter(({ id }) => going.has(id)),
    );
    const ended = rows.flatMap(({ id, of }) => (of && over.has(id) ? [of] : []));
    for (const lane of await release(tx, ended)) wake(lane);
    return rows.flatMap(({ id }) => (going.has(id) ? [] : [id]));
  },
};

/** Runs that the event which is to move them has moved before: it was delivered more than once. */
async function heardBefore(tx: Tx, rows: readonly RunPatch[]): Promise<ReadonlySet<string>> {
  const byEvent = rows.filter(({ event }) => event !== null);
  if (byEvent.length === 0) return new Set();
  const found = await tx.query<{ run_id: string }>(
    `select run_id from flow.heard_events
     join unnest($1::uuid[], $2::uuid[]) as i(run_id, message_id) using (run_id, message_id)`,
    [byEvent.map(({ id }) => id), byEvent.map(({ event }) => event)],
  );
  return new Set(found.map(({ run_id }) => run_id));
}

/** Remembers by which events runs were moved; starts that were kept because of these runs need them no more. */
async function hear(tx: Tx, moved: readonly RunPatch[]): Promise<void> {
  const byEvent = moved.flatMap(({ id, event, of }) => (event === null ? [] : [{ id, event, of }]));
  if (byEvent.length === 0) return;
  await tx.query(
    `insert into flow.heard_events (run_id, message_id) select * from unnest($1::uuid[], $2::uuid[])
     on conflict do nothing`,
    [byEvent.map(({ id }) => id), byEvent.map(({ event }) => event)],
  );
  await forget(
    tx,
    byEvent.flatMap(({ event, of }) => (of ? [{ of, eventId: event }] : [])),
  );
}

/** The run moved while this was on its way, and it concerns the run wherever it stands. */
async function deliverAgain(tx: Tx, rows: readonly RunPatch[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `insert into messaging.deliveries (id, message_id, type, handler, lane, capability, flow, run_id, step, visit,
       order_key, hold, max_attempts)
     select gen_random_uuid(), message_id, type, handler, lane, capability, flow, run_id, step, visit, null, false, 14
     from json_to_recordset($1::json) as d(message_id uuid, type text, handler text, lane text, capability text,
       flow text, run_id uuid, step text, visit integer)`,
    [JSON.stringify(rows.map(({ id, again }) => ({ ...again, run_id: id })))],
  );
}

export interface RunMove {
  readonly runId: string;
  readonly status: RunStatus;
  /** The visit at which the run must stand; it stays as it is when it stands elsewhere. */
  readonly expect?: number;
  readonly step?: string;
  readonly visit?: number;
  readonly state?: object;
  readonly reason?: string;
  readonly at: Date;
  readonly left?: boolean;
  /** The event that moves it: the same again does not. */
  readonly event?: string;
  readonly again?: Again;
  readonly of?: CaseRow;
}

export function moveRun(move: RunMove, key: DataKey): Change {
  const { runId, status, expect, step, visit, state, reason, at, left, event, again, of } = move;
  return change(runPatches, {
    id: runId,
    status,
    expect: expect ?? null,
    step: step ?? null,
    visit: visit ?? null,
    state: state ? sealJson(key, statePlace(runId), state).toString('base64') : null,
    reason: reason ?? null,
    at: at.toISOString(),
    left: left ?? false,
    event: event ?? null,
    again: again ?? null,
    of: of ?? null,
  });
}
