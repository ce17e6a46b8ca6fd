import { Injectable } from '@nestjs/common';
import { createPatch } from 'rfc6902';
import { openJson, sealJson, type DataKey } from '../crypto/field-cipher.js';
import { KeyRing } from '../crypto/key-ring.js';
import { Database } from '../database/database.js';
import { newId } from '../kernel/ids.js';
import { change, type Change, type ChangeSet } from '../messaging/outcome.js';
import { NoDryRun } from './policies.errors.js';
import type { ActivePolicy } from './policy.js';
import { PolicyStore } from './policy-store.js';

interface DecisionRow {
  readonly id: string;
  readonly policy: string;
  readonly version: number;
  readonly run_id: string;
  readonly flow: string;
  readonly step: string;
  readonly input: string;
  readonly key_id: string;
  readonly outcome: object;
  readonly at: string;
}

const decisions: ChangeSet<DecisionRow> = {
  table: 'policies.decisions',
  keyOf: ({ id }) => id,
  async write(tx, rows) {
    await tx.query(
      `insert into policies.decisions (id, policy, version, run_id, flow, step, input, key_id, outcome, at)
       select id, policy, version, run_id, flow, step, decode(input, 'base64'), key_id, outcome, at
       from json_to_recordset($1::json) as d(id uuid, policy text, version integer, run_id uuid, flow text, step text,
         input text, key_id uuid, outcome jsonb, at timestamptz)
       order by id`,
      [JSON.stringify(rows)],
    );
  },
};

/** Where and for whom something is decided. */
export interface DecisionPlace {
  readonly actor: string;
  readonly runId: string;
  readonly step: string;
  readonly key: DataKey;
  readonly now: Date;
}

/** Records what was decided, by which version, on what. @param outcome without personal data */
export function decided(
  { name, version }: ActivePolicy<unknown>,
  input: object,
  outcome: object,
  { actor, runId, step, key, now }: DecisionPlace,
): Change {
  const id = newId();
  return change(decisions, {
    ...{ id, policy: name, version, run_id: runId, flow: actor.replace(/^flow:/, ''), step, outcome },
    input: sealJson(key, inputPlace(id), input).toString('base64'),
    key_id: key.id,
    at: now.toISOString(),
  });
}

function inputPlace(id: string): string {
  return `policies.decisions|input|${id}`;
}

/** What a draft would have decided otherwise. */
export interface DryRun {
  /** Decisions that it was tried on. */
  readonly considered: number;
  readonly changed: number;
  readonly examples: readonly {
    readonly runId: string;
    readonly before: object;
    readonly after: object;
  }[];
}

const mostExamples = 20;

/** Tries a policy on what happened: its decisions are made again on what they were made on. */
@Injectable()
export class PolicyDecisions {
  constructor(
    private readonly database: Database,
    private readonly keyRing: KeyRing,
    private readonly store: PolicyStore,
  ) {}

  /** @throws POLICIES.UNKNOWN, POLICIES.INVALID, POLICIES.NO_DRY_RUN */
  async dryRun(name: string, body: unknown, most: number): Promise<DryRun> {
    this.store.check(name, body);
    const { decide } = this.store.definition(name);
    if (!decide) throw NoDryRun({ details: { policy: name } });
    const rows = await this.last(name, most);
    const keys = await this.keyRing.load(rows.map(({ key_id }) => key_id));
    const again: { runId: string; before: object; after: object }[] = [];
    for (const { id, run_id: runId, key_id, input, outcome: before } of rows) {
      const key = keys.get(key_id); // gone with an erased subject
      if (!key) continue;
      again.push({
        runId,
        before,
        after: await decide(body, openJson(key, inputPlace(id), input) as object),
      });
    }
    const changed = again.filter(({ before, after }) => createPatch(before, after).length > 0);
    return { considered: again.length, changed: changed.length, examples: changed.slice(0, mostExamples) };
  }

  private async last(name: string, most: number) {
    return this.database.query<{
      id: string;
      run_id: string;
      key_id: string;
      input: Buffer;
      outcome: object;
    }>(
      `select id, run_id, key_id, input, outcome from policies.decisions where policy = $1 order by id desc limit $2`,
      [name, most],
    );
  }
}
