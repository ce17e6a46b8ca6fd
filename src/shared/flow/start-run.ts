import { Injectable } from '@nestjs/common';
import { KeyedHash } from '../crypto/keyed-hash.js';
import { Clock } from '../kernel/clock.js';
import { newId } from '../kernel/ids.js';
import type { Contribution, DeliveryHandler } from '../messaging/delivery-handler.js';
import { nothing } from '../messaging/delivery-handler.js';
import type { Lease } from '../messaging/lease.js';
import { FlowRegistry } from './flow-registry.js';
import { FlowSettings, modeFor, type FlowSetting } from './flow-settings.js';
import { insertRun } from './runs.js';
import { businessKeyHash } from './business-key.js';
import { RunMoves } from './run-moves.js';
import { StepEntry } from './step-entry.js';
import { StepUnknown } from './flow.errors.js';

/** Starts a run for an event: the run, its first command and its planned effect ride in one commit. */
@Injectable()
export class StartRun implements DeliveryHandler<FlowSetting> {
  constructor(
    private readonly registry: FlowRegistry,
    private readonly settings: FlowSettings,
    private readonly entry: StepEntry,
    private readonly moves: RunMoves,
    private readonly hash: KeyedHash,
    private readonly clock: Clock,
  ) {}

  async prepare(leases: readonly Lease[]): Promise<ReadonlyMap<string, FlowSetting>> {
    const settings = await this.settings.current();
    return new Map(leases.map(({ row }) => [row.id, settings.get(row.flow) as FlowSetting]));
  }

  async handle(lease: Lease, setting: FlowSetting): Promise<Contribution> {
    const { row, data, key } = lease;
    const now = this.clock.now();
    const mode = modeFor(setting, row.created_at);
    if (mode === 'off') return this.notStarted(lease);
    const version = versionOf(row.capability);
    const flow = this.registry.get(row.flow, version);
    if (!flow) throw StepUnknown({ details: { flow: row.flow, version } });
    const runId = newId();
    const state = flow.initialState(data as never);
    const step = flow.stepNames[0] as string;
    const businessKey = businessKeyHash(this.hash, flow.businessKey(data as never));
    const entry = {
      ...{ runId, flow: flow.name, version, generation: 0, step, visit: 1, state, key, businessKey, now },
      causationId: row.message_id,
      partitionKey: row.partitionkey,
      traceparent: row.traceparent,
    };
    const entered = this.entry.enter(entry);
    const run = insertRun(
      {
        ...{ id: runId, flow: flow.name, version, mode, step },
        business_key: businessKey.toString('base64'),
        started_by: row.message_id,
        traceparent: row.traceparent,
        created_at: now.toISOString(),
      },
      state,
      key,
    );
    const names = this.moves.names({ id: runId, flow: flow.name, version }, state);
    return {
      changes: [run, ...names, ...this.entry.anywhere(entry), ...entered.changes],
      messages: entered.messages,
      decision: { go: step, runId },
      audit: [
        {
          actor: `flow:${flow.name}`,
          action: 'flow.run-started',
          outcome: 'ok',
          subject: `run:${runId}`,
          runId,
          details: { flow: flow.name, version, mode, eventId: row.message_id },
        },
      ],
    };
  }

  failed(): Contribution {
    return nothing;
  }

  private notStarted({ row }: Lease): Contribution {
    return {
      ...nothing,
      cancelled: true,
      decision: { reason: 'flow is off' },
      audit: [
        {
          actor: `flow:${row.flow}`,
          action: 'flow.run-not-started',
          outcome: 'ok',
          subject: `event:${row.message_id}`,
          details: { flow: row.flow, reason: 'off' },
        },
      ],
    };
  }
}

function versionOf(capability: string): number {
  return Number(/@(\d+):/.exec(capability)?.[1]);
}
