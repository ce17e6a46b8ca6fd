import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { MediaTypeUnsupported } from '../../../shared/http/http.errors.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import { newId } from '../../../shared/kernel/ids.js';
import { traceIdOf } from '../../../shared/observability/trace.js';
import {
  noSecret,
  type Channel,
  type Genuine,
  type InboundRequest,
  type Reader,
  type Secrets,
  type Update,
} from '../channels/channel.js';
import { ChannelClosed, PayloadRefused } from '../intake.errors.js';
import { AcceptRequests, type Accepted } from './accept-requests.js';
import { ChannelLimits } from './channel-limits.js';
import { ChannelSecrets } from './channel-secrets.js';
import { Pressure } from './pressure.js';
import { Refusals } from './refusals.js';
import { SealRequest } from './seal-request.js';

const mostUpdates = 2_000;

/**
 * The one way in: raw bytes → verify → read → seal → commit. A request that is not genuine leaves no row; one that is
 * genuine and cannot be read is kept as rejected, for the operator, and starts nothing.
 */
@Injectable()
export class ReceiveRequest {
  private readonly logger = new Logger(ReceiveRequest.name);

  constructor(
    private readonly secrets: ChannelSecrets,
    private readonly pressure: Pressure,
    private readonly limits: ChannelLimits,
    private readonly sealer: SealRequest,
    private readonly acceptor: AcceptRequests,
    private readonly refusals: Refusals,
  ) {}

  /** @throws what the channel throws; what could not be read was kept as rejected before */
  async receive(channel: Channel, request: InboundRequest): Promise<Accepted> {
    const genuine = await this.admit(channel, request);
    const id = newId();
    const updates = await read(channel, request, id, genuine);
    const sealed = this.sealer.seal(channel, request, { id, updates });
    const errors = sealed.updates.flatMap(({ error }) => (error ? [error] : []));
    for (const error of errors.slice(0, 3)) {
      this.logger.warn(describe(channel, request, error), 'a genuine request was rejected; it is kept');
    }
    const accepted = await this.acceptor.accept(sealed);
    this.refusals.noteAccepted(channel.name, request.source, request.receivedAt);
    const [error] = errors;
    if (error && errors.length === updates.length && channel.answer.unreadable !== 'take') throw error;
    return accepted;
  }

  /** The provider's handshake. @throws INTAKE.CHANNEL_CLOSED, INTAKE.NOT_ALLOWED */
  async greet(channel: Channel, request: InboundRequest): Promise<string> {
    try {
      const secrets = await this.openSecrets(channel);
      return channel.greet?.(request, secrets) ?? '';
    } catch (error) {
      throw this.counted(channel, request, error);
    }
  }

  private async admit(channel: Channel, request: InboundRequest): Promise<Genuine> {
    try {
      this.pressure.require();
      await this.limits.require(channel, request);
      const secrets = await this.openSecrets(channel);
      requireMediaType(channel, request);
      return await channel.verify(request, secrets);
    } catch (error) {
      if (error instanceof CodedError && error.kind === 'unauthenticated')
        await this.limits.penalise(request);
      throw this.counted(channel, request, error);
    }
  }

  private async openSecrets(channel: Channel): Promise<Secrets> {
    const secrets = await this.secrets.of(channel);
    const [first] = channel.secrets;
    if (first !== noSecret && secrets(first).length === 0) {
      throw ChannelClosed({ details: { channel: channel.name } });
    }
    return secrets;
  }

  private counted(channel: Channel, request: InboundRequest, error: unknown): unknown {
    if (error instanceof CodedError) {
      // Anyone may name sources that do not exist.
      const source = error.kind === 'notFound' ? '' : request.source;
      this.refusals.count(channel.name, source, error.code);
      this.logger.warn(describe(channel, request, error), 'a request was refused');
    }
    return error;
  }
}

/** What a request tells; what cannot be read at all is one update that says so. */
export async function read(
  channel: Reader,
  request: InboundRequest,
  id: string,
  { requestKey = hashOf(request.body) }: Genuine,
): Promise<readonly Update[]> {
  try {
    const updates = await channel.read(request, id);
    if (updates.length > mostUpdates) {
      throw PayloadRefused({ message: `A request may tell ${mostUpdates} things at the most.` });
    }
    return updates.length > 0 ? updates : [{ key: requestKey, ignored: 'It tells nothing.' }];
  } catch (error) {
    if (!(error instanceof CodedError) || error.kind !== 'invalid') throw error;
    return [{ key: requestKey, rejected: error }];
  }
}

function hashOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
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
