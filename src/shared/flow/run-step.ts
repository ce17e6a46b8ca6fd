import { Injectable } from '@nestjs/common';
import { FlowPrincipals } from '../access/flow-principals.js';
import type { OpenEffect } from '../effects/open-effect.js';
import { Clock } from '../kernel/clock.js';
import type { Contribution, DeliveryHandler } from '../messaging/delivery-handler.js';
import { nothing } from '../messaging/delivery-handler.js';
import type { Verdict } from '../messaging/failure.js';
import type { Lease } from '../messaging/lease.js';
import type { FailureKind, Next, SendStep } from './define-flow.js';
import { CapExceeded, RunNotFound } from './flow.errors.js';
import { FlowRegistry } from './flow-registry.js';
import { RunMoves } from './run-moves.js';
import { openState, type RunRow } from './runs.js';
import { effectEntry, outcomeOf, stepEntry, stripped } from './step-audit.js';
import { StepDispatch, type PreparedStep } from './step-dispatch.js';

/** Runs the command of a step through the CommandBus, and decides by its result what the run does next. */
@Injectable()
export class RunStep implements DeliveryHandler<PreparedStep> {
  constructor(
    private readonly steps: StepDispatch,
    private readonly registry: FlowRegistry,
    private readonly moves: RunMoves,
    private readonly principals: FlowPrincipals,
    private readonly clock: Clock,
  ) {}

  prepare(leases: readonly Lease[]): Promise<ReadonlyMap<string, PreparedStep>> {
    return this.steps.prepare(leases);
  }

  async handle(lease: Lease, prepared: PreparedStep): Promise<Contribution> {
    const { row, key } = lease;
    const { run, effect } = prepared;
    if (!run) throw RunNotFound({ details: { runId: row.run_id } });
    if (run.status !== 'running') return this.tooLate(lease, run);
    if (run.visit !== row.visit) return this.leftBehind(lease, run, effect);
    if (prepared.capped) throw CapExceeded({ retryAfterMs: 1_000 });
    this.principals.assertMaySend(row.flow, row.type);
    const now = this.clock.now();
    const outcome = await this.steps.dispatch(lease, run, prepared, now);
    const state = openState(run, key);
    const step = this.registry.step(run.flow, run.version, row.step) as SendStep<object>;
    const next = step.then(outcome.result, { state, now });
    const moved = this.follow(lease, run, next, state, now);
    return {
      changes: [...moved.changes, ...(outcome.changes ?? []), ...effect.changes],
      messages: [...this.steps.events(lease, outcome, now), ...moved.messages],
      decision: { ...stripped(next), ...(effect.summary && { effect: effect.summary }) },
      audit: [
        stepEntry(lease, 'flow.step-done', 'ok', { next: stripped(next) }),
        ...effectEntry(lease, effect),
      ],
    };
  }

  failed(lease: Lease, prepared: PreparedStep, verdict: Verdict): Contribution & { answered?: boolean } {
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

function failureKind(verdict: Extract<Verdict, { exhausted: boolean }>): FailureKind {
  if (verdict.exhausted) return 'exhausted';
  if (verdict.status === 'uncertain') return 'uncertain';
  return verdict.error.kind === 'invalid' ? 'invalid' : 'permanent';
}
