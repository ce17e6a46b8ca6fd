import { Injectable } from '@nestjs/common';
import { openJson, type DataKey } from '../crypto/field-cipher.js';
import { KeyRing } from '../crypto/key-ring.js';
import { resultPlace } from '../effects/effect-updates.js';
import type { Tx } from '../database/tx.js';
import { definitionOf, definitionOfType } from '../kernel/message.js';
import type { Contribution, DeliveryHandler } from '../messaging/delivery-handler.js';
import { nothing } from '../messaging/delivery-handler.js';
import type { Verdict } from '../messaging/failure.js';
import type { Lease } from '../messaging/lease.js';
import { payloadPlace, type MessageRow } from '../messaging/message-row.js';
import { Clock } from '../kernel/clock.js';
import { RunNotFound } from './flow.errors.js';
import { undoHandler } from './flow-registry.js';
import type { RunRow } from './runs.js';
import { effectEntry, outcomeOf, stepEntry } from './step-audit.js';
import { StepDispatch, type PreparedStep } from './step-dispatch.js';
import { StepEntry } from './step-entry.js';

/** An effect of a run that has truly happened. */
export interface DoneEffect {
  readonly step: string;
  /** The wire name. */
  readonly command: string;
  /** Whether its command declares what takes it back. */
  readonly undone: boolean;
}

interface EffectRow {
  readonly id: string;
  readonly step: string;
  readonly visit: number;
  readonly command: string;
  readonly result: Buffer;
  readonly key_id: string;
  readonly message_id: string;
  readonly payload: Buffer;
  readonly payload_key: string;
}

/** Confirmed effects of a run, the last first, each with the command that it was asked for by. */
const doneEffects = `
  select e.id, e.step, e.visit, e.command, e.result, e.key_id, m.id as message_id, m.payload, m.key_id as payload_key
  from effects.effects e
  join messaging.attempts a on a.delivery_id = e.delivery_id and a.outcome = 'done'
  join messaging.messages m on m.id = a.message_id
  where e.run_id = $1 and e.generation = $2 and e.state = 'confirmed' and e.step not like 'undo %'
  order by e.updated_at desc, e.id desc`;

/** Takes back what a run did: for each effect whose command declares it, the command that does so. */
@Injectable()
export class UndoRun implements DeliveryHandler<PreparedStep> {
  constructor(
    private readonly steps: StepDispatch,
    private readonly entry: StepEntry,
    private readonly keyRing: KeyRing,
    private readonly clock: Clock,
  ) {}

  /** What is to be sent, in the transaction that cancels the run; and all that was done, also what stays. */
  async plan(tx: Tx, run: RunRow): Promise<{ messages: MessageRow[]; effects: DoneEffect[] }> {
    const rows = await tx.query<EffectRow>(doneEffects, [run.id, run.generation]);
    const keys = await this.keyRing.load(rows.flatMap((row) => [row.key_id, row.payload_key]));
    const runKey = await this.keyRing.loadOne(run.key_id);
    const planned = rows.map((row) => ({ row, message: this.message(run, row, keys, runKey) }));
    return {
      messages: planned.flatMap(({ message }) => message ?? []),
      effects: planned.map(({ row: { step, command }, message }) => ({
        ...{ step, command },
        undone: message !== undefined,
      })),
    };
  }

  prepare(leases: readonly Lease[]): Promise<ReadonlyMap<string, PreparedStep>> {
    return this.steps.prepare(leases);
  }

  async handle(lease: Lease, prepared: PreparedStep): Promise<Contribution> {
    const { run, effect } = prepared;
    if (!run) throw RunNotFound({ details: { runId: lease.row.run_id } });
    const now = this.clock.now();
    const outcome = await this.steps.dispatch(lease, run, prepared, now);
    return {
      changes: [...(outcome.changes ?? []), ...effect.changes],
      messages: this.steps.events(lease, outcome, now),
      decision: { undone: true, ...(effect.summary && { effect: effect.summary }) },
      audit: [stepEntry(lease, 'flow.step-undone', 'ok', {}), ...effectEntry(lease, effect)],
    };
  }

  /** The run has ended already: what cannot be undone is a dead letter, for a person. */
  failed(lease: Lease, { effect }: PreparedStep, verdict: Verdict): Contribution {
    const details = { code: verdict.error.code, status: verdict.status };
    const audit = [stepEntry(lease, 'flow.undo-failed', outcomeOf(verdict), details)];
    return { ...nothing, audit, changes: 'exhausted' in verdict ? effect.failed(verdict.status) : [] };
  }

  private message(
    run: RunRow,
    row: EffectRow,
    keys: ReadonlyMap<string, DataKey>,
    runKey: DataKey,
  ): MessageRow | undefined {
    const undo = definitionOfType(row.command)?.options.undo;
    const [resultKey, payloadKey] = [keys.get(row.key_id), keys.get(row.payload_key)];
    if (!undo || !resultKey || !payloadKey) return undefined;
    const command = openJson(payloadKey, payloadPlace(row.message_id), row.payload);
    const answer = openJson(resultKey, resultPlace(row.id), row.result);
    const data = undo.data(command as never, answer as never);
    if (!data) return undefined;
    const entry = {
      ...{ runId: run.id, flow: run.flow, version: run.version, generation: run.generation },
      ...{
        step: `undo ${row.step}`,
        visit: row.visit,
        state: {},
        key: runKey,
        businessKey: run.business_key,
      },
      ...{ causationId: row.message_id, partitionKey: run.id, traceparent: run.traceparent },
      now: this.clock.now(),
    };
    return this.entry.send(entry, definitionOf(undo.by()), data, undoHandler);
  }
}
