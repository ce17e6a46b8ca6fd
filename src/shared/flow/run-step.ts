import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { FlowPrincipals } from '../access/flow-principals.js';
import { EffectLedger, type AskingDelivery } from '../effects/ledger.js';
import type { EffectRecord, OpenEffect } from '../effects/open-effect.js';
import { Clock } from '../kernel/clock.js';
import { definitionOfType, type Command } from '../kernel/message.js';
import type { Contribution, DeliveryHandler } from '../messaging/delivery-handler.js';
import { nothing } from '../messaging/delivery-handler.js';
import type { Verdict } from '../messaging/failure.js';
import { withContext, type HandlerOutcome } from '../messaging/handler.js';
import type { Lease } from '../messaging/lease.js';
import { toRow, type MessageRow } from '../messaging/message-row.js';
import { MessageValidators } from '../messaging/validators.js';
import type { FailureKind, Next, SendStep } from './define-flow.js';
import { EffectCaps } from './effect-caps.js';
import { CapExceeded, RunNotFound } from './flow.errors.js';
import { FlowRegistry } from './flow-registry.js';
import { FlowSettings, type FlowSetting } from './flow-settings.js';
import { RunMoves } from './run-moves.js';
import { openState, Runs, type RunRow } from './runs.js';
import { effectEntry, outcomeOf, stepEntry, stripped } from './step-audit.js';

/** A step about to run: its run, its setting, and its effect while it is open. */
interface Prepared {
  readonly run: RunRow | undefined;
  readonly setting: FlowSetting | undefined;
  readonly effect: OpenEffect;
  readonly record: EffectRecord | undefined;
  readonly capped: boolean;
}

/** Runs the command of a step through the CommandBus, and decides by its result what the run does next. */
@Injectable()
export class RunStep implements DeliveryHandler<Prepared> {
  constructor(
    private readonly bus: CommandBus,
    private readonly runs: Runs,
    private readonly registry: FlowRegistry,
    private readonly settings: FlowSettings,
    private readonly moves: RunMoves,
    private readonly ledger: EffectLedger,
    private readonly caps: EffectCaps,
    private readonly principals: FlowPrincipals,
    private readonly validators: MessageValidators,
    private readonly clock: Clock,
  ) {}

  async prepare(leases: readonly Lease[]): Promise<ReadonlyMap<string, Prepared>> {
    const runs = await this.runs.load(leases.map(({ row }) => row.run_id ?? ''));
    const withEffect = leases.filter(({ row }) => definitionOfType(row.type)?.options.effect);
    const records = await this.ledger.load(withEffect.map((lease) => askingOf(lease, runs)));
    const settings = await this.settings.current();
    const capped = await this.caps.charge(withEffect, runs, records, settings);
    return new Map(
      leases.map((lease) => {
        const { row, key } = lease;
        const run = runs.get(row.run_id ?? '');
        const record = records.get(row.id);
        const mode = run?.mode === 'live' || run?.mode === 'redirect' ? run.mode : 'shadow';
        const options = { mode, key, attempt: row.attempts + row.crashes } as const;
        const effect = this.ledger.open(record, { ...options, deadline: () => lease.deadline() });
        return [row.id, { run, setting: settings.get(row.flow), effect, record, capped: capped.has(row.id) }];
      }),
    );
  }

  async handle(lease: Lease, prepared: Prepared): Promise<Contribution> {
    const { row, key } = lease;
    const { run, effect } = prepared;
    if (!run) throw RunNotFound({ details: { runId: row.run_id } });
    if (run.status !== 'running') return this.tooLate(lease, run);
    if (run.visit !== row.visit) return this.leftBehind(lease, run, effect);
    if (prepared.capped) throw CapExceeded({ retryAfterMs: 1_000 });
    this.principals.assertMaySend(row.flow, row.type);
    const now = this.clock.now();
    const outcome = await this.dispatch(lease, run, prepared, now);
    const state = openState(run, key);
    const step = this.registry.step(run.flow, run.version, row.step) as SendStep<object>;
    const next = step.then(outcome.result, { state, now });
    const moved = this.follow(lease, run, next, state, now);
    return {
      changes: [...moved.changes, ...(outcome.changes ?? []), ...effect.changes],
      messages: [...this.events(lease, outcome, now), ...moved.messages],
      decision: { ...stripped(next), ...(effect.summary && { effect: effect.summary }) },
      audit: [
        stepEntry(lease, 'flow.step-done', 'ok', { next: stripped(next) }),
        ...effectEntry(lease, effect),
      ],
    };
  }

  failed(lease: Lease, prepared: Prepared, verdict: Verdict): Contribution & { answered?: boolean } {
    const { row, key } = lease;
    const { run, effect } = prepared;
    const details = { code: verdict.error.code, status: verdict.status };
    const audit = [stepEntry(lease, 'flow.step-failed', outcomeOf(verdict), details)];
    if (!run || !('exhausted' in verdict)) return { ...nothing, audit };
    const changes = effect.failed(verdict.status);
    const now = this.clock.now();
    const step = this.registry.step(run.flow, run.version, row.step) as SendStep<object>;
    const answer = step.fail[failureKind(verdict)];
    if (answer) {
      const moved = this.follow(lease, run, answer, openState(run, key), now);
      return {
        ...moved,
        changes: [...moved.changes, ...changes],
        audit,
        decision: stripped(answer),
        answered: true,
      };
    }
    const move = { runId: run.id, status: 'held', reason: verdict.error.code, at: now } as const;
    const held = this.moves.patch(run, move, key);
    return { ...nothing, changes: [...held, ...changes], audit, decision: { held: verdict.error.code } };
  }

  private async dispatch(
    lease: Lease,
    run: RunRow,
    { effect, setting }: Prepared,
    now: Date,
  ): Promise<HandlerOutcome<unknown>> {
    const { row, data, key, signal } = lease;
    const definition = definitionOfType(row.type);
    if (!definition) throw RunNotFound({ message: `${row.type} is not known here` });
    this.validators.check(row.type, data);
    let command = Object.assign(Object.create(definition.messageClass.prototype as object) as object, data);
    if (run.mode === 'redirect' && definition.options.effect) {
      const redirected = definition.options.effect.redirect?.(command as never, setting?.redirect ?? {});
      if (redirected) command = redirected;
      else effect.onlyLook();
    }
    const context = {
      actor: `flow:${row.flow}`,
      now,
      signal,
      runId: run.id,
      step: row.step,
      attempt: row.attempts,
      key,
      effect,
    };
    return this.bus.execute<Command<unknown>, HandlerOutcome<unknown>>(
      withContext(command, context) as Command<unknown>,
    );
  }

  private follow(lease: Lease, run: RunRow, next: Next<object>, state: object, now: Date): Contribution {
    const { row, key } = lease;
    const { partitionkey: partitionKey, traceparent } = row;
    return this.moves.move(run, next, {
      key,
      state,
      now,
      causationId: row.message_id,
      partitionKey,
      traceparent,
    });
  }

  private events(lease: Lease, outcome: HandlerOutcome<unknown>, now: Date): MessageRow[] {
    const { row, key } = lease;
    const context = {
      key,
      correlationId: row.correlationid,
      causationId: row.message_id,
      partitionKey: row.partitionkey,
      traceparent: row.traceparent,
      now,
    };
    return (outcome.events ?? []).map((event) => toRow(event, context, this.validators));
  }

  /** An event moved the run while its command waited: nothing is done, and what was planned is given up. */
  private leftBehind(lease: Lease, run: RunRow, effect: OpenEffect): Contribution {
    return {
      ...nothing,
      changes: effect.abandoned(),
      cancelled: true,
      decision: { reason: `the run went on to ${run.step}` },
      audit: [stepEntry(lease, 'flow.step-dropped', 'ok', { run: run.step })],
    };
  }

  /** The run ended while its command waited: nothing is done, and one that is being cancelled is cancelled now. */
  private tooLate(lease: Lease, run: RunRow): Contribution {
    const move = { runId: run.id, status: run.status, at: this.clock.now() };
    return {
      ...nothing,
      changes: this.moves.patch(run, move, lease.key),
      cancelled: true,
      decision: { reason: `the run is ${run.status}` },
      audit: [stepEntry(lease, 'flow.step-dropped', 'ok', { run: run.status })],
    };
  }
}

function askingOf({ row, data }: Lease, runs: ReadonlyMap<string, RunRow>): AskingDelivery {
  const { id: deliveryId, type, flow, step, visit } = row;
  const runId = row.run_id ?? '';
  return { deliveryId, type, data, runId, flow, step, visit, generation: runs.get(runId)?.generation ?? 0 };
}

function failureKind(verdict: Extract<Verdict, { exhausted: boolean }>): FailureKind {
  if (verdict.exhausted) return 'exhausted';
  if (verdict.status === 'uncertain') return 'uncertain';
  return verdict.error.kind === 'invalid' ? 'invalid' : 'permanent';
}
