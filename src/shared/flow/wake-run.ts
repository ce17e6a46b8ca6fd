import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { nothing, type Contribution, type DeliveryHandler } from '../messaging/delivery-handler.js';
import type { Verdict } from '../messaging/failure.js';
import type { Lease } from '../messaging/lease.js';
import { expire } from './approvals.js';
import type { AskStep, At, Next, WaitStep } from './define-flow.js';
import { RunWoken } from './flow-messages.js';
import { FlowRegistry } from './flow-registry.js';
import { RunNotFound } from './flow.errors.js';
import { RunMoves } from './run-moves.js';
import { openState, Runs, type RunRow } from './runs.js';
import { stepEntry, stripped } from './step-audit.js';
import { StepEntry } from './step-entry.js';

/** What a wake-up decides: where the run goes, that it stays, or that the question is over. */
type Answer = { next: Next<object> } | { stays: string } | { expires: true };

interface Prepared {
  readonly run: RunRow | undefined;
  /** Whether the event has moved it before. */
  readonly heard: boolean;
}

/**
 * Moves a run that waited: for a time, an event or a person. Whatever comes after the run went on by another way finds
 * it elsewhere and does nothing; an event that concerns the run wherever it stands is delivered again instead.
 */
@Injectable()
export class WakeRun implements DeliveryHandler<Prepared> {
  constructor(
    private readonly runs: Runs,
    private readonly registry: FlowRegistry,
    private readonly moves: RunMoves,
    private readonly entry: StepEntry,
    private readonly clock: Clock,
  ) {}

  async prepare(leases: readonly Lease[]): Promise<ReadonlyMap<string, Prepared>> {
    const byEvent = leases.flatMap(({ row, data }) => {
      const { eventId } = data as unknown as RunWoken;
      return row.run_id && eventId ? [{ runId: row.run_id, eventId }] : [];
    });
    const [runs, heard] = await Promise.all([
      this.runs.load(leases.map(({ row }) => row.run_id ?? '')),
      this.runs.heard(byEvent),
    ]);
    return new Map(
      leases.map(({ row, data }) => {
        const { eventId = '' } = data as unknown as RunWoken;
        return [row.id, { run: runs.get(row.run_id ?? ''), heard: heard.has(`${row.run_id}/${eventId}`) }];
      }),
    );
  }

  async handle(lease: Lease, { run, heard }: Prepared): Promise<Contribution> {
    if (!run) throw RunNotFound({ details: { runId: lease.row.run_id } });
    if (run.status !== 'running') return dropped(`the run is ${run.status}`);
    if (heard) return dropped('the event moved it before');
    const woken = lease.data as unknown as RunWoken;
    const isAnywhere = woken.scope === 'anywhere';
    if (!isAnywhere && run.visit !== lease.row.visit) return dropped(`the run went on to ${run.step}`);
    const state = openState(run, lease.key);
    const now = this.clock.now();
    const verdict = this.decide(run, woken, { state, now });
    if ('stays' in verdict) return dropped(verdict.stays);
    if ('expires' in verdict) return this.expired(lease, run, now);
    const { partitionkey: partitionKey, traceparent, message_id: causationId } = lease.row;
    const moved = this.moves.move(run, verdict.next, {
      ...{ key: lease.key, state, now, causationId, partitionKey, traceparent },
      event: woken.eventId,
      ...(isAnywhere && { again: againOf(lease) }),
    });
    return {
      ...moved,
      decision: {
        ...stripped(verdict.next),
        by: woken.by,
        ...(woken.decision && { answer: woken.decision }),
      },
      audit: [stepEntry(lease, 'flow.run-woken', 'ok', { by: woken.by, next: stripped(verdict.next) })],
    };
  }

  /** A decision that cannot be carried out holds the run for a person, as a failed step does. */
  failed({ key }: Lease, { run }: Prepared, verdict: Verdict): Contribution {
    if (!('exhausted' in verdict) || run?.status !== 'running') return nothing;
    const reason = verdict.error.code;
    const held = { runId: run.id, status: 'held', reason, at: this.clock.now() } as const;
    return { ...nothing, changes: this.moves.patch(run, held, key), decision: { held: reason } };
  }

  private decide(run: RunRow, woken: RunWoken, at: At<object>): Answer {
    const step = this.registry.step(run.flow, run.version, run.step);
    switch (woken.by) {
      case 'time':
        if (step.kind === 'ask') return { expires: true };
        return step.kind === 'wait' && step.due ? { next: step.due(at) } : { stays: 'it waits for no time' };
      case 'event':
        return this.byEvent(run, woken, at);
      case 'decision':
        return step.kind === 'ask' ? byDecision(step, woken, at) : { stays: 'it asked nobody' };
    }
  }

  private byEvent(run: RunRow, { scope, place = 0, event = {} }: RunWoken, at: At<object>): Answer {
    const step = this.registry.step(run.flow, run.version, run.step);
    const anywhere = this.registry.get(run.flow, run.version)?.anywhere ?? [];
    const on = scope === 'anywhere' ? anywhere : step.kind === 'wait' ? (step as WaitStep<never>).on : [];
    const next = on[place]?.then(event as never, at as never);
    return next ? { next } : { stays: 'the event does not concern it' };
  }

  /** Nobody has decided: unless somebody does in this very moment, that is the decision. */
  private expired(lease: Lease, run: RunRow, now: Date): Contribution {
    const { row, key } = lease;
    const { id: runId, flow, version, generation, step, visit, business_key: businessKey } = run;
    const message = this.entry.wakeUp(
      {
        ...{ runId, flow, version, generation, step, visit, state: {}, key, businessKey, now },
        ...{ causationId: row.message_id, partitionKey: row.partitionkey, traceparent: row.traceparent },
      },
      new RunWoken({ by: 'decision', decision: 'expired' }),
    );
    return { ...nothing, changes: [expire(runId, visit)], messages: [message], decision: { expired: step } };
  }
}

function byDecision(step: AskStep<unknown>, { decision, proposal = {} }: RunWoken, at: At<object>): Answer {
  if (decision === 'approved') return { next: step.approved(proposal as never, at) };
  if (decision === 'denied') return { next: step.denied(at) };
  return { next: step.expired(at) };
}

function dropped(reason: string): Contribution {
  return { ...nothing, cancelled: true, decision: { reason } };
}

function againOf({ row }: Lease) {
  const { message_id, type, handler, lane, capability, flow, step, visit } = row;
  return { message_id, type, handler, lane, capability, flow, step, visit };
}
