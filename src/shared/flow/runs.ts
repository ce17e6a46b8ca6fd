import { Injectable } from '@nestjs/common';
import { openJson, sealJson, type DataKey } from '../crypto/field-cipher.js';
import { Database } from '../database/database.js';
import type { Tx } from '../database/tx.js';
import { change, type Change, type ChangeSet } from '../messaging/outcome.js';
import { isOpen, nameOf, type Case } from './cases.js';

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

export function statePlace(runId: string): string {
  return `flow.runs|state|${runId}`;
}

export function insertRun(run: Omit<NewRun, 'state' | 'key_id'>, state: object, key: DataKey): Change {
  const sealed = sealJson(key, statePlace(run.id), state).toString('base64');
  return change(newRuns, { ...run, state: sealed, key_id: key.id });
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
      `select id, flow, version, mode, status, step, visit, generation, state, key_id, traceparent, business_key
       from flow.runs where id = any($1::uuid[])`,
      [[...new Set(ids)]],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** The open runs of cases, by `nameOf`: one statement, none for none. */
  async openOf(cases: readonly Case[]): Promise<Map<string, string>> {
    if (cases.length === 0) return new Map();
    const rows = await this.database.query<Case & { id: string }>(
      `select flow, business_key as key, min(id::text) as id from flow.runs
       where business_key = any($1::bytea[]) and flow = any($2::text[]) and ${isOpen}
       group by flow, business_key`,
      [cases.map(({ key }) => key), [...new Set(cases.map(({ flow }) => flow))]],
    );
    return new Map(rows.map((row) => [nameOf(row), row.id]));
  }

  /** Which of these events have moved which runs, as `run/event`: one statement, none for none. */
  async heard(pairs: readonly { runId: string; eventId: string }[]): Promise<ReadonlySet<string>> {
    if (pairs.length === 0) return new Set();
    const rows = await this.database.query<{ run_id: string; message_id: string }>(
      `select run_id, message_id from flow.heard_events where run_id = any($1::uuid[]) and message_id = any($2::uuid[])`,
      [pairs.map(({ runId }) => runId), pairs.map(({ eventId }) => eventId)],
    );
    return new Set(rows.map(({ run_id, message_id }) => `${run_id}/${message_id}`));
  }
}
