import { Injectable } from '@nestjs/common';
import { KeyedHash } from '../crypto/keyed-hash.js';
import { Clock } from '../kernel/clock.js';
import type { AuditEntry } from '../audit/audit-entry.js';
import { newId } from '../kernel/ids.js';
import type { Contribution, DeliveryHandler } from '../messaging/delivery-handler.js';
import { nothing } from '../messaging/delivery-handler.js';
import type { Lease } from '../messaging/lease.js';
import { unlessRefused } from '../messaging/outcome.js';
import { deferStart, nameOf, openCase, type Case } from './cases.js';
import type { FlowDefinition } from './define-flow.js';
import { FlowRegistry } from './flow-registry.js';
import { FlowSettings, modeFor, type FlowSetting } from './flow-settings.js';
import { insertRun, Runs, type FlowMode } from './runs.js';
import { businessKeyHash } from './business-key.js';
import { RunMoves } from './run-moves.js';
import { StepEntry } from './step-entry.js';
import { StepUnknown } from './flow.errors.js';

interface Prepared {
  readonly setting: FlowSetting;
  /** The open run of its case, where the flow has one for each. */
  readonly open?: string;
}

/**
 * Starts a run for an event: the run, its first command and its planned effect ride in one commit. Where a flow has one
 * open run for each case, the commit decides which; what was seen open before need not try.
 */
@Injectable()
export class StartRun implements DeliveryHandler<Prepared> {
  constructor(
    private readonly registry: FlowRegistry,
    private readonly settings: FlowSettings,
    private readonly entry: StepEntry,
    private readonly moves: RunMoves,
    private readonly runs: Runs,
    private readonly hash: KeyedHash,
    private readonly clock: Clock,
  ) {}

  async prepare(leases: readonly Lease[]): Promise<ReadonlyMap<string, Prepared>> {
    const cases = new Map(leases.map((lease) => [lease.row.id, this.caseOf(lease)]));
    const [settings, open] = await Promise.all([
      this.settings.current(),
      this.runs.openOf([...cases.values()].filter((one) => one !== undefined)),
    ]);
    return new Map(
      leases.map(({ row }) => {
        const one = cases.get(row.id);
        const setting = settings.get(row.flow) as FlowSetting;
        return [row.id, { setting, open: one && open.get(nameOf(one)) }];
      }),
    );
  }

  async handle(lease: Lease, { setting, open }: Prepared): Promise<Contribution> {
    const { row, data, key } = lease;
    const now = this.clock.now();
    const mode = modeFor(setting, row.created_at);
    if (mode === 'off') return notStarted(lease, { reason: 'off' });
    const flow = this.flowOf(lease);
    const ofCase = this.caseOf(lease);
    const event = { id: row.message_id, type: row.type };
    if (ofCase && open) {
      const deferred = notStarted(lease, { reason: 'its case has an open run', runId: open });
      return { ...deferred, changes: [deferStart(ofCase, event)] };
    }
    const runId = newId();
    const state = flow.initialState(data as never);
    const step = flow.stepNames[0] as string;
    const businessKey = businessKeyHash(this.hash, flow.businessKey(data as never));
    const entry = {
      ...{ runId, flow: flow.name, version: flow.version, generation: 0, step, visit: 1 },
      ...{ state, key, businessKey, now, causationId: row.message_id },
      ...{ partitionKey: row.partitionkey, traceparent: row.traceparent },
    };
    const entered = this.entry.enter(entry);
    const run = insertRun(
      {
        ...{ id: runId, flow: flow.name, version: flow.version, mode, step },
        business_key: businessKey.toString('base64'),
        started_by: row.message_id,
        traceparent: row.traceparent,
        created_at: now.toISOString(),
      },
      state,
      key,
    );
    const names = this.moves.names({ id: runId, flow: flow.name, version: flow.version }, state);
    const changes = [run, ...names, ...this.entry.anywhere(entry), ...entered.changes];
    return {
      starts: runId,
      changes: ofCase ? [openCase(ofCase, event, runId), ...unlessRefused(runId, changes)] : changes,
      messages: entered.messages,
      decision: { go: step, runId },
      audit: [startedEntry(lease, flow, runId, mode)],
    };
  }

  failed(): Contribution {
    return nothing;
  }

  /** @throws FLOW.STEP_UNKNOWN when this process has no such version */
  private flowOf({ row }: Lease): FlowDefinition {
    const version = versionOf(row.capability);
    const flow = this.registry.get(row.flow, version);
    if (!flow) throw StepUnknown({ details: { flow: row.flow, version } });
    return flow;
  }

  private caseOf({ row, data }: Lease): Case | undefined {
    const flow = this.registry.get(row.flow, versionOf(row.capability));
    if (!flow?.onePerCase) return undefined;
    return { flow: row.flow, key: businessKeyHash(this.hash, flow.businessKey(data as never)) };
  }
}

function startedEntry({ row }: Lease, flow: FlowDefinition, runId: string, mode: FlowMode): AuditEntry {
  return {
    actor: `flow:${flow.name}`,
    action: 'flow.run-started',
    outcome: 'ok',
    subject: `run:${runId}`,
    runId,
    details: { flow: flow.name, version: flow.version, mode, eventId: row.message_id },
  };
}

/** The event is no start, or none for now. */
function notStarted({ row }: Lease, details: { reason: string; runId?: string }): Contribution {
  return {
    ...nothing,
    cancelled: true,
    decision: details,
    audit: [
      {
        actor: `flow:${row.flow}`,
        action: 'flow.run-not-started',
        outcome: 'ok',
        subject: `event:${row.message_id}`,
        details: { flow: row.flow, ...details },
      },
    ],
  };
}

function versionOf(capability: string): number {
  return Number(/@(\d+):/.exec(capability)?.[1]);
}
