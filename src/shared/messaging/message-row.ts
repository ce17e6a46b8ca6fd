import { sealJson, type DataKey } from '../crypto/field-cipher.js';
import { newId } from '../kernel/ids.js';
import { definitionOf } from '../kernel/message.js';
import type { Outgoing } from './outcome.js';
import type { MessageValidators } from './validators.js';

/** Where a command goes: one delivery, to one step of one run. */
export interface DeliveryTarget {
  readonly id: string;
  readonly handler: string;
  readonly lane: string;
  readonly capability: string;
  readonly flow: string;
  readonly runId: string | null;
  readonly step: string;
  readonly visit: number;
  /** Keyed hash, base64; null where the step does not ask for order. */
  readonly orderKey: string | null;
  readonly hold: boolean;
  readonly maxAttempts: number;
  /** Not before this time: the delivery becomes a timer. */
  readonly notBefore?: Date;
}

/** What an envelope says beside its data (CloudEvents 1.0 attributes and extensions). */
export interface EnvelopeContext {
  readonly key: DataKey;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly partitionKey: string;
  readonly traceparent: string | null;
  readonly now: Date;
}

/** A message as it is written to the outbox. */
export interface MessageRow {
  readonly id: string;
  readonly kind: 'event' | 'command';
  readonly aggregatetype: string;
  readonly aggregateid: string;
  readonly type: string;
  /** Sealed data, base64. */
  readonly payload: string;
  readonly key_id: string;
  readonly source: string;
  readonly time: string;
  readonly correlationid: string;
  readonly causationid: string | null;
  readonly partitionkey: string;
  readonly traceparent: string | null;
  readonly target?: DeliveryTarget;
  /** What a rider of the outbox writes with this message: its planned effect. */
  readonly effect?: object;
}

export function payloadPlace(messageId: string): string {
  return `messaging.messages|payload|${messageId}`;
}

/**
 * Puts a message into its envelope and seals its data.
 * @throws MESSAGING.MESSAGE_INVALID
 */
export function toRow(
  { message, subject }: Outgoing,
  context: EnvelopeContext,
  validators: MessageValidators,
  target?: DeliveryTarget,
): MessageRow {
  const { kind, type } = definitionOf(message.constructor as never);
  validators.check(type, message);
  const id = newId();
  const [aggregatetype = '', aggregateid = ''] = splitOnce(subject, ':');
  return {
    id,
    kind,
    aggregatetype,
    aggregateid,
    type,
    payload: sealJson(context.key, payloadPlace(id), message).toString('base64'),
    key_id: context.key.id,
    source: `/signalbox/${type.slice(0, type.indexOf('.'))}`,
    time: context.now.toISOString(),
    correlationid: context.correlationId,
    causationid: context.causationId,
    partitionkey: context.partitionKey,
    traceparent: context.traceparent,
    target,
  };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
