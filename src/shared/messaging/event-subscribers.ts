import { Injectable } from '@nestjs/common';
import type { AuditEntry } from '../audit/audit-entry.js';
import type { DataKey } from '../crypto/field-cipher.js';
import { Database } from '../database/database.js';
import { Clock } from '../kernel/clock.js';
import { definitionOf, type MessageClass } from '../kernel/message.js';
import { DeliveryHandlers, nothing, type Contribution, type DeliveryHandler } from './delivery-handler.js';
import { capabilityOf, localLane } from './lanes.js';
import type { Lease } from './lease.js';
import { toRow } from './message-row.js';
import type { Change, Outgoing } from './outcome.js';
import { MessageValidators } from './validators.js';
import { WorkerRegistry } from './worker-registry.js';

const handlerName = 'messaging.subscriber';

/** All that a subscriber may know of where it runs. */
export interface SubscriberContext {
  readonly eventId: string;
  readonly now: Date;
  /** The event's data key: personal data that follows from it is sealed with it. */
  readonly key: DataKey;
  /** Aborted when the lease is lost or the process drains. */
  readonly signal: AbortSignal;
}

/** What follows from an event; committed with the delivery, or not at all. */
export interface SubscriberOutcome {
  readonly changes?: readonly Change[];
  readonly events?: readonly Outgoing[];
  readonly audit?: readonly AuditEntry[];
  /** What was decided, for the attempt's row; no personal data. */
  readonly decision?: unknown;
}

/**
 * Whoever wants to know of an event without starting a run for it. It has no effect outside: that is a command's
 * business, and a command is sent by a flow.
 */
export interface EventSubscriber<E extends object = object> {
  /** `outbound.suppress-bounced`. Persisted: a renamed subscriber is another one. */
  readonly name: string;
  readonly event: MessageClass<E>;
  /** Errors are coded and mean what they mean for a command: transient is tried again, all else is a dead letter. */
  handle(event: E, context: SubscriberContext): Promise<SubscriberOutcome>;
}

/**
 * Subscribers of single events, on the same path as flows: a delivery of its own for each, leased, fenced, retried,
 * and a dead letter at last. They are routed from the first start of a process that has them; events from before are
 * not delivered. A subscriber that is given up is switched off by a migration (`messaging.subscriptions.active`).
 */
@Injectable()
export class EventSubscribers implements DeliveryHandler<undefined> {
  private readonly byName = new Map<string, EventSubscriber>();

  constructor(
    private readonly database: Database,
    private readonly workers: WorkerRegistry,
    private readonly validators: MessageValidators,
    private readonly clock: Clock,
    handlers: DeliveryHandlers,
  ) {
    handlers.register(handlerName, this);
  }

  /** Before the process works: in a module's `onModuleInit`. @throws Error when the name is taken */
  async add<E extends object>(subscriber: EventSubscriber<E>): Promise<void> {
    const { name } = subscriber;
    if (this.byName.has(name)) throw new Error(`two subscribers are named ${name}`);
    this.byName.set(name, subscriber);
    const { type } = definitionOf(subscriber.event);
    const capability = capabilityOf(name, 1, type);
    this.workers.add({ name: capability, lane: localLane, flow: name });
    await this.database.query(
      `insert into messaging.subscriptions (event_type, subscriber, handler, flow, lane, capability)
       values ($1, $2, $3, $2, $4, $5) on conflict (event_type, subscriber) do nothing`,
      [type, name, handlerName, localLane, capability],
    );
  }

  async prepare(): Promise<ReadonlyMap<string, undefined>> {
    return new Map();
  }

  async handle({ row, data, key, signal }: Lease): Promise<Contribution> {
    const subscriber = this.byName.get(row.flow);
    if (!subscriber) throw new Error(`no subscriber ${row.flow}`);
    this.validators.check(row.type, data);
    const event = Object.assign(Object.create(subscriber.event.prototype as object) as object, data);
    const now = this.clock.now();
    const outcome = await subscriber.handle(event, { eventId: row.message_id, now, key, signal });
    const context = {
      ...{ key, now, correlationId: row.correlationid, causationId: row.message_id },
      ...{ partitionKey: row.partitionkey, traceparent: row.traceparent },
    };
    return {
      changes: outcome.changes ?? [],
      messages: (outcome.events ?? []).map((one) => toRow(one, context, this.validators)),
      audit: outcome.audit ?? [],
      decision: outcome.decision,
    };
  }

  failed(): Contribution {
    return nothing;
  }
}
