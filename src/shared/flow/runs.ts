import { Injectable } from '@nestjs/common';
import { openJson, sealJson, type DataKey } from '../crypto/field-cipher.js';
import { Database } from '../database/database.js';
import type { Tx } from '../database/tx.js';
import { change, type Change, type ChangeSet } from '../messaging/outcome.js';

export type RunStatus = 'running' | 'held' | 'cancelling' | 'done' | 'failed' | 'cancelled';
export type FlowMode = 'off' | 'shadow' | 'redirect' | 'live';

/** A run as its steps need it. */
export interface RunRow {
  id: string;
  flow: string;
  version: number;
  mode: FlowMode;
  status: RunStatus;
  step: string;
  visit: number;
  generation: number;
  state: Buffer;
  key_id: string;
  traceparent: string | null;
  /** Keyed hash of what the business calls the case by. */
  business_key: Buffer;
  /** The event that moved it last. */
  last_event: string | null;
}

interface NewRun {
  id: string;
  flow: string;
  version: number;
  mode: string;
  step: string;
  state: string;
  key_id: string;
  business_key: string;
  started_by: string;
  traceparent: string | null;
  created_at: string;
}

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
  last_event: string | null;
  /** Its delivery, to be delivered again when the run moved meanwhile. */
  again: Again | null;
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

const newRuns: ChangeSet<NewRun> = {
  table: 'flow.runs (new)',
  keyOf: ({ id }) => id,
  async write(tx: Tx, rows) {
    await tx.query(
      `insert into flow.runs (id, flow, version, mode, status, step, state, key_id, business_key, started_by,
         traceparent, created_at, updated_at)
       select id, flow, version, mode, 'running', step, decode(state, 'base64'), key_id, decode(business_key, 'base64'),
         started_by, traceparent, created_at, created_at
       from json_to_recordset($1::json) as r(id uuid, flow text, version integer, mode text, step text, state text,
         key_id uuid, business_key text, started_by uuid, traceparent text, created_at timestamptz)
       order by id`,
      [JSON.stringify(rows)],
    );
  },
};

/**
 * Moves runs on. One that ended or moved meanwhile stays as it is, and nothing follows; one being cancelled is cancelled
 * now. So whatever competes for a run (its step, an event, a time, a person) moves it once.
 */
const runPatches: ChangeSet<RunPatch> = {
  table: 'flow.runs',
  keyOf: ({ id }) => id,
  async write(tx: Tx, rows) {
    const ids = rows.map(({ id }) => id);
    const moved = await tx.query<{ id: string; before: RunStatus }>(
      `with input as (
         select * from json_to_recordset($1::json) as p(id uuid, status text, expect integer, step text, visit integer,
           state text, reason text, at timestamptz, "left" boolean, last_event uuid)),
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
         last_event = coalesce(i.last_event, r.last_event),
         finished_at = case
           when l.status = 'cancelling' or (l.status = 'running' and i.status in ('done', 'failed', 'cancelled'))
           then i.at else r.finished_at end
       from input i join locked l on l.id = i.id
       where r.id = i.id and r.id = any($2::uuid[]) and (i.expect is null or l.visit = i.expect)
       returning r.id, l.status as before`,
      [JSON.stringify(rows), ids],
    );
    const going = new Set(moved.filter(({ before }) => before === 'running').map(({ id }) => id));
    const known = new Set(moved.map(({ id }) => id));
    await deliverAgain(
      tx,
      rows.filter(({ id, again }) => again !== null && !known.has(id)),
    );
    return ids.filter((id) => !going.has(id));
  },
};

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

export function statePlace(runId: string): string {
  return `flow.runs|state|${runId}`;
}

export function insertRun(run: Omit<NewRun, 'state' | 'key_id'>, state: object, key: DataKey): Change {
  const sealed = sealJson(key, statePlace(run.id), state).toString('base64');
  return change(newRuns, { ...run, state: sealed, key_id: key.id });
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
  readonly lastEvent?: string;
  readonly again?: Again;
}

export function moveRun(move: RunMove, key: DataKey): Change {
  const { runId, status, expect, step, visit, state, reason, at, left, lastEvent, again } = move;
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
    last_event: lastEvent ?? null,
    again: again ?? null,
  });
}

export function openState(run: RunRow, key: DataKey): object {
  return openJson(key, statePlace(run.id), run.state) as object;
}

@Injectable()
export class Runs {
  constructor(private readonly database: Database) {}

  /** The runs of a lease: one statement. */
  async load(ids: readonly string[]): Promise<Map<string, RunRow>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.query<RunRow>(
      `select id, flow, version, mode, status, step, visit, generation, state, key_id, traceparent, business_key,
         last_event
       from flow.runs where id = any($1::uuid[])`,
      [[...new Set(ids)]],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }
}
