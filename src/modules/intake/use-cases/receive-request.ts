import { Injectable, Logger } from '@nestjs/common';
import { sealBytes } from '../../../shared/crypto/field-cipher.js';
import { KeyedHash } from '../../../shared/crypto/keyed-hash.js';
import { KeyRing, type NewDataKey } from '../../../shared/crypto/key-ring.js';
import { MediaTypeUnsupported } from '../../../shared/http/http.errors.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import { newId } from '../../../shared/kernel/ids.js';
import { toRow, type MessageRow } from '../../../shared/messaging/message-row.js';
import { MessageValidators } from '../../../shared/messaging/validators.js';
import { traceIdOf } from '../../../shared/observability/trace.js';
import { SecretStore } from '../../../shared/secrets/secret-store.js';
import type { Channel, InboundRequest, NormalisedEvent } from '../channels/channel.js';
import { ChannelClosed, PayloadRefused } from '../intake.errors.js';
import { bodyPlace, type InboundRow } from '../persistence/inbound.js';
import { AcceptDeliveries, type Accepted } from './accept-deliveries.js';
import { Refusals } from './refusals.js';

/**
 * The one way in: raw bytes → verify → normalise → seal → commit. A request that is not genuine leaves no row; one
 * that is genuine and does not fit is kept as rejected, for the operator, and starts nothing.
 */
@Injectable()
export class ReceiveRequest {
  private readonly logger = new Logger(ReceiveRequest.name);

  constructor(
    private readonly secrets: SecretStore,
    private readonly keyRing: KeyRing,
    private readonly hash: KeyedHash,
    private readonly validators: MessageValidators,
    private readonly accept: AcceptDeliveries,
    private readonly refusals: Refusals,
  ) {}

  /** @throws what the channel throws; the invalid ones after the request was kept as rejected */
  async receive(channel: Channel, request: InboundRequest): Promise<Accepted> {
    const deliveryKey = await this.verify(channel, request);
    const id = newId();
    let event: NormalisedEvent;
    try {
      event = await channel.normalise(request, id);
    } catch (error) {
      if (error instanceof CodedError && error.kind === 'invalid') {
        await this.reject(channel, request, { id, deliveryKey, error });
      }
      throw error;
    }
    const subjects = event.dataSubjects.map((subject) => this.hash.of('data-subject', subject));
    const key = this.keyRing.create(subjects);
    const message = this.message(event, request, key, id);
    const row = rowOf(channel, request, { id, deliveryKey, key, message });
    const audit = auditOf(channel, request, id, 'intake.event-accepted');
    return this.accept.accept({ row, key, message, audit });
  }

  private async verify(channel: Channel, request: InboundRequest): Promise<string> {
    try {
      const secrets = await this.secrets.valid(channel.secretName);
      if (secrets.length === 0) throw ChannelClosed({ details: { channel: channel.name } });
      requireMediaType(channel, request);
      return (await channel.verify(request, secrets)).deliveryKey;
    } catch (error) {
      if (error instanceof CodedError) {
        this.refusals.count(channel.name, error.code);
        this.logger.warn(describe(channel, request, error), 'a request was refused');
      }
      throw error;
    }
  }

  private async reject(
    channel: Channel,
    request: InboundRequest,
    { id, deliveryKey, error }: { id: string; deliveryKey: string; error: CodedError },
  ): Promise<void> {
    this.logger.warn(describe(channel, request, error), 'a genuine request was rejected; it is kept');
    const key = this.keyRing.create([]);
    const problem = { code: error.code, message: error.message, ...error.details };
    const row = rowOf(channel, request, { id, deliveryKey, key, problem });
    const audit = auditOf(channel, request, id, 'intake.event-rejected');
    await this.accept.accept({
      row,
      key,
      audit: { ...audit, outcome: 'refused', details: { code: error.code } },
    });
  }

  private message(event: NormalisedEvent, request: InboundRequest, key: NewDataKey, id: string): MessageRow {
    try {
      return toRow(
        event,
        {
          key: key.key,
          correlationId: id,
          causationId: null,
          partitionKey: event.partitionKey,
          traceparent: request.traceparent,
          now: request.receivedAt,
        },
        this.validators,
      );
    } catch (cause) {
      throw PayloadRefused({ cause });
    }
  }
}

interface RowParts {
  id: string;
  deliveryKey: string;
  key: NewDataKey;
  message?: MessageRow;
  problem?: unknown;
}

function rowOf(channel: Channel, request: InboundRequest, parts: RowParts): InboundRow {
  const { id, deliveryKey, key, message, problem = null } = parts;
  return {
    id,
    channel: channel.name,
    source: request.source,
    delivery_key: deliveryKey,
    status: message ? 'accepted' : 'rejected',
    problem,
    message_id: message?.id ?? null,
    content_type: (request.headers['content-type'] ?? '').slice(0, 200),
    size: request.body.length,
    body: sealBytes(key.key.secret, bodyPlace(id), request.body).toString('base64'),
    key_id: key.key.id,
    received_at: request.receivedAt.toISOString(),
  };
}

function auditOf(channel: Channel, request: InboundRequest, id: string, action: string) {
  return {
    actor: `channel:${channel.name}`,
    action,
    outcome: 'ok' as const,
    subject: `inbound:${id}`,
    traceId: traceIdOf(request.traceparent),
    details: { source: request.source, size: request.body.length },
  };
}

function requireMediaType(channel: Channel, { headers }: InboundRequest): void {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (channel.mediaTypes.includes(type)) return;
  throw MediaTypeUnsupported({ message: `This channel takes ${channel.mediaTypes.join(' or ')}.` });
}

/** What a log line may say of a request. */
function describe(channel: Channel, request: InboundRequest, error: CodedError): Record<string, unknown> {
  return {
    channel: channel.name,
    source: request.source.slice(0, 100),
    code: error.code,
    trace_id: traceIdOf(request.traceparent),
  };
}
