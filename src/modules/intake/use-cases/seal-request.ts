import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AuditEntry } from '../../../shared/audit/audit-entry.js';
import { sealBytes } from '../../../shared/crypto/field-cipher.js';
import { KeyedHash } from '../../../shared/crypto/keyed-hash.js';
import { KeyRing, type NewDataKey } from '../../../shared/crypto/key-ring.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import { newId } from '../../../shared/kernel/ids.js';
import { toRow, type MessageRow } from '../../../shared/messaging/message-row.js';
import { MessageValidators } from '../../../shared/messaging/validators.js';
import { traceIdOf } from '../../../shared/observability/trace.js';
import type { InboundRequest, NormalisedEvent, Reader, Update } from '../channels/channel.js';
import { PayloadRefused } from '../intake.errors.js';
import {
  attachmentPlace,
  bodyPlace,
  type AttachmentRow,
  type BodyRow,
  type InboundRow,
} from '../persistence/inbound.js';
import { packRequest } from '../persistence/raw-request.js';

/** An update, sealed and ready to be made durable. */
export interface SealedUpdate {
  readonly row: InboundRow;
  readonly key: NewDataKey;
  /** The event; none for what was rejected or ignored. */
  readonly message?: MessageRow;
  readonly order?: Update['order'];
  readonly also?: Update['also'];
  readonly attachments: readonly AttachmentRow[];
  readonly audit: AuditEntry;
  readonly error?: CodedError;
}

/** A request with all that it tells, sealed and ready to be made durable: as a whole or not at all. */
export interface SealedRequest {
  readonly id: string;
  readonly updates: readonly SealedUpdate[];
  readonly body: BodyRow;
  readonly bodyKey: NewDataKey;
}

export interface SealOptions {
  readonly id: string;
  readonly updates: readonly Update[];
  readonly replay?: Replay;
}

/** A person asked that a delivery be read again. */
export interface Replay {
  readonly of: string;
  readonly actor: string;
  readonly reason: string;
}

const longestKey = 400;

/**
 * Seals what a request tells. Updates about the same people share a data key; the raw body of a request about several
 * has a key of its own, linked to all of them, so that it goes with any of them.
 */
@Injectable()
export class SealRequest {
  constructor(
    private readonly keyRing: KeyRing,
    private readonly hash: KeyedHash,
    private readonly validators: MessageValidators,
  ) {}

  seal(channel: Reader, request: InboundRequest, options: SealOptions): SealedRequest {
    const { id, updates } = options;
    const keys = new Map<string, NewDataKey>();
    const keyFor = (subjects: readonly string[]): NewDataKey => {
      const name = subjects.join('\n');
      const key = keys.get(name) ?? this.keyRing.create(subjects.map((s) => this.hash.of('data-subject', s)));
      keys.set(name, key);
      return key;
    };
    const sealed = updates.map((update, place) => {
      const own = { id: updates.length === 1 ? id : newId(), place };
      return this.update(channel, request, options, update, own, keyFor);
    });
    const bodyKey = keys.size === 1 ? (keys.values().next().value as NewDataKey) : this.sharedKey(keys);
    const body = sealBytes(bodyKey.key.secret, bodyPlace(id), packRequest(request)).toString('base64');
    return { id, updates: sealed, bodyKey, body: { id, body, key_id: bodyKey.key.id } };
  }

  private sharedKey(keys: ReadonlyMap<string, NewDataKey>): NewDataKey {
    const subjects = new Map(
      [...keys.values()].flatMap(({ subjects }) => subjects.map((s) => [s.toString('hex'), s])),
    );
    return this.keyRing.create([...subjects.values()]);
  }

  private update(
    channel: Reader,
    request: InboundRequest,
    { id: requestId, replay }: SealOptions,
    update: Update,
    { id, place }: { id: string; place: number },
    keyFor: (subjects: readonly string[]) => NewDataKey,
  ): SealedUpdate {
    const key = keyFor(update.event?.dataSubjects ?? []);
    const { message, error } = this.message(update, request, key, id);
    const row: InboundRow = {
      ...{ id, request_id: requestId, place, channel: channel.name, source: request.source },
      status: error ? 'rejected' : message ? 'accepted' : 'ignored',
      delivery_key: boundedKey(storable(update.key)),
      problem: problemOf(update, error),
      message_id: message?.id ?? null,
      event_type: message?.type ?? null,
      content_type: (request.headers['content-type'] ?? '').slice(0, 200),
      size: request.body.length,
      key_id: key.key.id,
      received_at: request.receivedAt.toISOString(),
      replay_of: replay?.of ?? null,
    };
    const attachments = message ? sealAttachments(update, id, key) : [];
    const audit = auditOf(row, request, { error, replay });
    return { row, key, message, error, ...storableOrder(update), attachments, audit };
  }

  private message(
    { event, rejected }: Update,
    request: InboundRequest,
    key: NewDataKey,
    id: string,
  ): { message?: MessageRow; error?: CodedError } {
    if (!event) return { error: rejected };
    try {
      return { message: this.envelope(event, request, key, id) };
    } catch (cause) {
      return { error: PayloadRefused({ cause }) };
    }
  }

  private envelope(event: NormalisedEvent, request: InboundRequest, { key }: NewDataKey, id: string) {
    const { traceparent, receivedAt: now } = request;
    // It may name a person and outlives the data key: only that two are the same is of use.
    const partitionKey = this.hash.of('partition', event.partitionKey).toString('base64url').slice(0, 22);
    return toRow(
      { ...event, subject: storable(event.subject) },
      { key, correlationId: id, causationId: null, partitionKey, traceparent, now },
      this.validators,
    );
  }
}

function sealAttachments(
  { attachments = [] }: Update,
  inboundId: string,
  { key }: NewDataKey,
): AttachmentRow[] {
  return attachments.map(({ id, name, declaredType, mediaType, content }) => ({
    id,
    inbound_id: inboundId,
    name: sealBytes(key.secret, attachmentPlace(id, 'name'), Buffer.from(name)).toString('base64'),
    content: sealBytes(key.secret, attachmentPlace(id, 'content'), content).toString('base64'),
    declared_type: declaredType.slice(0, 200),
    media_type: mediaType,
    size: content.length,
    key_id: key.id,
  }));
}

/** Why an update is not accepted, for people. */
function problemOf({ ignored }: Update, error?: CodedError): Record<string, unknown> | null {
  if (error) return { code: error.code, message: error.message, ...error.details };
  return ignored === undefined ? null : { message: storable(ignored) };
}

function storableOrder({ order, also }: Update): Pick<SealedUpdate, 'order' | 'also'> {
  return {
    order: order && { ...order, key: storable(order.key) },
    also: also?.map(({ key, at }) => ({ key: storable(key), at })),
  };
}

/** PostgreSQL keeps no NUL and no half of a surrogate pair in a text; what is sealed may have both. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

/** Some senders' ids have no end. */
function boundedKey(key: string): string {
  if (key.length <= longestKey) return key;
  return `${key.slice(0, longestKey - 65)}#${createHash('sha256').update(key).digest('hex')}`;
}

const actions = {
  accepted: 'intake.event-accepted',
  rejected: 'intake.event-rejected',
  ignored: 'intake.event-ignored',
  superseded: 'intake.event-superseded',
} as const;

function auditOf(
  row: InboundRow,
  request: InboundRequest,
  { error, replay }: { error?: CodedError; replay?: Replay },
): AuditEntry {
  const details = { source: row.source, size: row.size };
  return {
    actor: replay?.actor ?? `channel:${row.channel}`,
    action: replay ? 'intake.event-replayed' : actions[row.status],
    outcome: error ? 'refused' : 'ok',
    subject: `inbound:${row.id}`,
    traceId: traceIdOf(request.traceparent),
    details: {
      ...(error ? { code: error.code } : details),
      ...(replay && { replayOf: replay.of, reason: replay.reason }),
    },
  };
}
