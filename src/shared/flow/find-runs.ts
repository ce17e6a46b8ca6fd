import { Injectable } from '@nestjs/common';
import type { DataKey } from '../crypto/field-cipher.js';
import { KeyRing } from '../crypto/key-ring.js';
import { KeyedHash } from '../crypto/keyed-hash.js';
import { Database } from '../database/database.js';
import { Clock } from '../kernel/clock.js';
import { nothing, type Contribution, type DeliveryHandler } from '../messaging/delivery-handler.js';
import type { Lease } from '../messaging/lease.js';
import { businessKeyHash } from './business-key.js';
import { RunWoken } from './flow-messages.js';
import { FlowRegistry } from './flow-registry.js';
import { StepEntry, type Entry } from './step-entry.js';
import { keep } from './waits.js';

interface WaitingRun {
  readonly run_id: string;
  readonly version: number;
  readonly step: string;
  readonly visit: number;
  readonly key_id: string;
  readonly generation: number;
  readonly traceparent: string | null;
  readonly event_type: string;
  readonly key: Buffer;
  readonly wait_visit: number;
  readonly place: number;
}

interface Found {
  readonly keys: readonly Buffer[];
  readonly runs: readonly { readonly run: WaitingRun; readonly key: DataKey }[];
}

const waiting = `
  select w.run_id, r.version, r.step, r.visit, r.key_id, r.generation, r.traceparent, w.event_type, w.key,
    w.visit as wait_visit, w.place
  from flow.waits w join flow.runs r on r.id = w.run_id
  where w.key = any($1::bytea[]) and w.flow = any($2::text[]) and r.status = 'running'
    and (w.visit = 0 or w.visit = r.visit)
  order by w.run_id`;

/**
 * An event that flows listen to: finds the runs that wait for it and wakes each by a message of its own. The event is
 * kept for a while in any case, for a run that is only about to wait.
 */
@Injectable()
export class FindRuns implements DeliveryHandler<Found> {
  constructor(
    private readonly database: Database,
    private readonly registry: FlowRegistry,
    private readonly entry: StepEntry,
    private readonly keyRing: KeyRing,
    private readonly hash: KeyedHash,
    private readonly clock: Clock,
  ) {}

  async prepare(leases: readonly Lease[]): Promise<ReadonlyMap<string, Found>> {
    const keysOf = new Map(leases.map((lease) => [lease.row.id, this.keysOf(lease)]));
    const all = [...keysOf.values()].flat();
    const flows = [...new Set(leases.map(({ row }) => row.flow))];
    const runs = all.length > 0 ? await this.database.query<WaitingRun>(waiting, [all, flows]) : [];
    const dataKeys = await this.keyRing.load(runs.map(({ key_id }) => key_id));
    return new Map(
      leases.map(({ row }) => {
        const keys = keysOf.get(row.id) ?? [];
        const mine = runs.filter((run) => run.event_type === row.type && keys.some((k) => k.equals(run.key)));
        // A run whose data key was destroyed is nobody's any more.
        const woken = mine.flatMap((run) => {
          const key = dataKeys.get(run.key_id);
          return key ? [{ run, key }] : [];
        });
        return [row.id, { keys, runs: woken }];
      }),
    );
  }

  async handle({ row, data }: Lease, { keys, runs }: Found): Promise<Contribution> {
    const now = this.clock.now();
    const messages = runs.map(({ run, key }) => {
      const entry: Entry = {
        ...{ runId: run.run_id, flow: row.flow, version: run.version, generation: run.generation },
        ...{ step: run.step, visit: run.visit, state: {}, key, businessKey: run.key, now },
        ...{ causationId: row.message_id, partitionKey: run.run_id, traceparent: run.traceparent },
      };
      const scope = run.wait_visit === 0 ? 'anywhere' : 'step';
      const woken = { by: 'event', scope, place: run.place, eventId: row.message_id, event: data } as const;
      return this.entry.wakeUp(entry, new RunWoken(woken));
    });
    const matched = runs.map(({ run }) => `${run.run_id}/${run.wait_visit}/${run.place}`);
    const kept = keys.map((key) =>
      keep({ flow: row.flow, eventType: row.type, key, messageId: row.message_id, matched }),
    );
    return { ...nothing, changes: kept, messages, decision: { woken: runs.length } };
  }

  failed(): Contribution {
    return nothing;
  }

  /** What the event calls its case, by each way in which a listener of the flow asks it. */
  private keysOf({ row, data }: Lease): Buffer[] {
    const names = this.registry.listeners(row.flow, row.type).map(({ key }) => key(data as never));
    const distinct = [...new Set(names.filter((name) => typeof name === 'string' && name !== ''))];
    return distinct.map((name) => businessKeyHash(this.hash, name));
  }
}
