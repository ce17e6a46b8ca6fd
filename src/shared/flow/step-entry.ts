import { Injectable } from '@nestjs/common';
import type { DataKey } from '../crypto/field-cipher.js';
import { KeyedHash } from '../crypto/keyed-hash.js';
import { planEffect } from '../effects/effect-row.js';
import { newId } from '../kernel/ids.js';
import { definitionOf, type MessageDefinition } from '../kernel/message.js';
import { capabilityOf, laneOf } from '../messaging/lanes.js';
import { toRow, type DeliveryTarget, type MessageRow } from '../messaging/message-row.js';
import { MessageValidators } from '../messaging/validators.js';
import { FlowRegistry, stepHandler } from './flow-registry.js';

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
  readonly causationId: string | null;
  readonly partitionKey: string;
  readonly traceparent: string | null;
  readonly now: Date;
}

/** Makes the command of a step: its message, its one delivery, and its planned effect. */
@Injectable()
export class StepEntry {
  constructor(
    private readonly registry: FlowRegistry,
    private readonly validators: MessageValidators,
    private readonly hash: KeyedHash,
  ) {}

  /** @throws MESSAGING.MESSAGE_INVALID when the state does not make a valid command */
  command(entry: Entry): MessageRow {
    const step = this.registry.step(entry.flow, entry.version, entry.step);
    const definition = definitionOf(step.command);
    const data = step.data({ state: entry.state, now: entry.now });
    const message = Object.assign(
      Object.create(definition.messageClass.prototype as object) as object,
      this.validators.pick(definition.type, data),
    );
    const target = this.target(entry, definition, message);
    const row = toRow(
      { message, subject: `run:${entry.runId}` },
      { ...entry, correlationId: entry.runId },
      this.validators,
      target,
    );
    const { effect } = definition.options;
    if (!effect) return row;
    const place = { ...entry, deliveryId: target.id, keyId: entry.key.id };
    return { ...row, effect: planEffect(effect, definition.type, message, place, this.hash) };
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
