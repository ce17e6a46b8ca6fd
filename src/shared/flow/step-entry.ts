import { Injectable } from '@nestjs/common';
import type { DataKey } from '../crypto/field-cipher.js';
import { KeyedHash } from '../crypto/keyed-hash.js';
import { planEffect } from '../effects/effect-row.js';
import { newId } from '../kernel/ids.js';
import { definitionOf, type MessageDefinition } from '../kernel/message.js';
import { capabilityOf, laneOf, localLane } from '../messaging/lanes.js';
import { toRow, type DeliveryTarget, type MessageRow } from '../messaging/message-row.js';
import type { Change } from '../messaging/outcome.js';
import { MessageValidators } from '../messaging/validators.js';
import { ask } from './approvals.js';
import { businessKeyHash } from './business-key.js';
import type { AskStep, Listener, SendStep, WaitStep } from './define-flow.js';
import { durationMs } from './duration.js';
import { RunWoken } from './flow-messages.js';
import { FlowRegistry, stepHandler, wakeHandler } from './flow-registry.js';
import { listen } from './waits.js';

const defaultMaxAttempts = 14;

/** Where a run enters a step. */
export interface Entry {
  readonly runId: string;
  readonly flow: string;
  readonly version: number;
  readonly generation: number;
  readonly step: string;
  readonly visit: number;
  readonly state: object;
  readonly key: DataKey;
  /** Keyed hash of what the business calls the case by. */
  readonly businessKey: Buffer;
  readonly causationId: string | null;
  readonly partitionKey: string;
  readonly traceparent: string | null;
  readonly now: Date;
}

/** What entering a step writes. */
export interface Entered {
  readonly messages: readonly MessageRow[];
  readonly changes: readonly Change[];
}

/** Enters a step: sends its command, registers what it waits for, or asks a person. */
@Injectable()
export class StepEntry {
  constructor(
    private readonly registry: FlowRegistry,
    private readonly validators: MessageValidators,
    private readonly hash: KeyedHash,
  ) {}

  /** @throws MESSAGING.MESSAGE_INVALID when the state does not make a valid command */
  enter(entry: Entry): Entered {
    const step = this.registry.step(entry.flow, entry.version, entry.step);
    switch (step.kind) {
      case 'send':
        return { messages: [this.command(entry, step)], changes: [] };
      case 'wait':
        return this.wait(entry, step);
      case 'ask':
        return this.ask(entry, step);
    }
  }

  /** What the run listens to wherever it stands; registered when it starts. */
  anywhere(entry: Entry): readonly Change[] {
    const { anywhere = [] } = this.registry.get(entry.flow, entry.version) ?? {};
    return this.listeners({ ...entry, visit: 0 }, anywhere as readonly Listener<object>[]);
  }

  /** The wake-up of a run: a message to it alone. @param notBefore makes it a timer */
  wakeUp(entry: Entry, woken: RunWoken, notBefore?: Date): MessageRow {
    const target: DeliveryTarget = {
      ...{ id: newId(), handler: wakeHandler, lane: localLane, orderKey: null, hold: false },
      capability: capabilityOf(entry.flow, entry.version, definitionOf(RunWoken).type),
      ...{ flow: entry.flow, runId: entry.runId, step: entry.step, visit: entry.visit },
      maxAttempts: defaultMaxAttempts,
      notBefore,
    };
    return this.row(entry, woken, target);
  }

  /** A command of a run, with the effect that it is planned to have. @throws MESSAGING.MESSAGE_INVALID */
  send(entry: Entry, definition: MessageDefinition, data: object, handler = stepHandler): MessageRow {
    const message = Object.assign(
      Object.create(definition.messageClass.prototype as object) as object,
      this.validators.pick(definition.type, data),
    );
    const target = { ...this.target(entry, definition, message), handler };
    const row = this.row(entry, message, target);
    const { effect } = definition.options;
    if (!effect) return row;
    const place = { ...entry, deliveryId: target.id, keyId: entry.key.id };
    return { ...row, effect: planEffect(effect, definition.type, message, place, this.hash) };
  }

  private command(entry: Entry, step: SendStep<unknown>): MessageRow {
    const data = step.data({ state: entry.state, now: entry.now });
    return this.send(entry, definitionOf(step.command), data);
  }

  private wait(entry: Entry, { until, on }: WaitStep<unknown>): Entered {
    const due = until?.({ state: entry.state, now: entry.now });
    return {
      messages: due ? [this.wakeUp(entry, new RunWoken({ by: 'time' }), due)] : [],
      changes: this.listeners(entry, on),
    };
  }

  private ask(entry: Entry, step: AskStep<unknown>): Entered {
    const at = { state: entry.state, now: entry.now };
    const expiresAt = new Date(entry.now.getTime() + durationMs(step.within));
    const { runId, flow, step: name, visit } = entry;
    const approval = {
      ...{ runId, flow, step: name, visit, role: step.role, createdAt: entry.now, expiresAt },
      ...{ what: step.what(at), proposal: step.proposal(at) },
    };
    return {
      messages: [this.wakeUp(entry, new RunWoken({ by: 'time' }), expiresAt)],
      changes: [ask(approval, entry.key)],
    };
  }

  private listeners(entry: Entry, on: readonly Listener<object>[]): Change[] {
    return on.map(({ event, matching }, place) => {
      const name = matching?.({ state: entry.state, now: entry.now });
      const key = name === undefined ? entry.businessKey : businessKeyHash(this.hash, name);
      const { runId, flow, visit } = entry;
      return listen({ runId, flow, eventType: definitionOf(event).type, key, visit, place });
    });
  }

  private row(entry: Entry, message: object, target: DeliveryTarget): MessageRow {
    return toRow(
      { message, subject: `run:${entry.runId}` },
      { ...entry, correlationId: entry.runId },
      this.validators,
      target,
    );
  }

  private target(entry: Entry, { type, options }: MessageDefinition, message: object): DeliveryTarget {
    const order = options.orderedBy?.(message as never);
    return {
      id: newId(),
      handler: stepHandler,
      lane: laneOf(type),
      capability: capabilityOf(entry.flow, entry.version, type),
      flow: entry.flow,
      runId: entry.runId,
      step: entry.step,
      visit: entry.visit,
      orderKey: order === undefined ? null : this.hash.of('order', `${type}|${order}`).toString('base64'),
      hold: options.afterDeadLetter === 'hold',
      maxAttempts: options.maxAttempts ?? defaultMaxAttempts,
    };
  }
}
