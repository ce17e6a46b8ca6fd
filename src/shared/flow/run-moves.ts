import { Injectable } from '@nestjs/common';
import type { DataKey } from '../crypto/field-cipher.js';
import { KeyedHash } from '../crypto/keyed-hash.js';
import type { Contribution } from '../messaging/delivery-handler.js';
import { nothing } from '../messaging/delivery-handler.js';
import { unlessRefused, type Change } from '../messaging/outcome.js';
import { businessKeyHash } from './business-key.js';
import { touchCase } from './cases.js';
import type { Next } from './define-flow.js';
import { FlowRegistry } from './flow-registry.js';
import { knownAs } from './run-keys.js';
import { moveRun, type Again, type RunMove } from './run-patches.js';
import type { RunRow } from './runs.js';
import { StepEntry } from './step-entry.js';
import { leave } from './waits.js';

export interface MoveContext {
  readonly key: DataKey;
  readonly state: object;
  readonly now: Date;
  readonly causationId: string | null;
  readonly partitionKey: string;
  readonly traceparent: string | null;
  /** The event that moves it. */
  readonly event?: string;
  /** To be delivered again when the run moved meanwhile. */
  readonly again?: Again;
}

/** Moves a run from where it stands: its patch, and what entering the next step writes, in one commit. */
@Injectable()
export class RunMoves {
  constructor(
    private readonly registry: FlowRegistry,
    private readonly entry: StepEntry,
    private readonly hash: KeyedHash,
  ) {}

  move(run: RunRow, next: Next<object>, context: MoveContext): Contribution {
    const { key, now, event, again } = context;
    const waits = this.waitsAt(run);
    const base = { runId: run.id, expect: run.visit, at: now, left: waits.step, event, again };
    if ('end' in next) {
      const over = waits.step || waits.anywhere ? [leave(run.id, null)] : [];
      return { ...nothing, changes: [...this.patch(run, { ...base, status: next.end }, key), ...over] };
    }
    const state = { ...context.state, ...next.set };
    const visit = run.visit + 1;
    const entered = this.entry.enter({
      ...{ runId: run.id, flow: run.flow, version: run.version, generation: run.generation },
      ...{ step: next.go, visit, state, key, businessKey: run.business_key, now },
      causationId: context.causationId,
      partitionKey: context.partitionKey,
      traceparent: context.traceparent,
    });
    const moved = this.patch(run, { ...base, status: 'running', step: next.go, visit, state }, key);
    return {
      ...nothing,
      changes: [
        ...moved,
        ...(waits.step ? [leave(run.id, run.visit)] : []),
        ...(next.set ? this.names(run, state) : []),
        ...unlessRefused(run.id, entered.changes),
      ],
      messages: entered.messages,
    };
  }

  /** What a run's row becomes. Its case is locked with it where that has one open run. */
  patch(
    run: Pick<RunRow, 'flow' | 'version' | 'business_key'>,
    move: Omit<RunMove, 'of'>,
    key: DataKey,
  ): Change[] {
    if (!this.registry.get(run.flow, run.version)?.onePerCase) return [moveRun(move, key)];
    const of = { flow: run.flow, key: run.business_key.toString('base64') };
    return [touchCase({ flow: run.flow, key: run.business_key }), moveRun({ ...move, of }, key)];
  }

  /** The names under which people find the run, as far as its state tells. */
  names(run: Pick<RunRow, 'id' | 'flow' | 'version'>, state: object): Change[] {
    const { alsoKnownAs } = this.registry.get(run.flow, run.version) ?? {};
    const keys = alsoKnownAs?.(state as never) ?? [];
    return knownAs(
      run.id,
      keys.map((name) => businessKeyHash(this.hash, name)),
    );
  }

  /** Whether something of a run has to be taken back: what its step waits for, what it listens to wherever it stands. */
  private waitsAt({ flow, version, step }: RunRow): { step: boolean; anywhere: boolean } {
    const definition = this.registry.get(flow, version);
    return {
      step: definition?.steps[step]?.kind !== 'send',
      anywhere: (definition?.anywhere.length ?? 0) > 0,
    };
  }
}
