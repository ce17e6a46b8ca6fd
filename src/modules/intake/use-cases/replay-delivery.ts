import { Injectable } from '@nestjs/common';
import { Clock } from '../../../shared/kernel/clock.js';
import { newId } from '../../../shared/kernel/ids.js';
import { newTraceparent } from '../../../shared/observability/trace.js';
import type { InboundRequest, Update } from '../channels/channel.js';
import { Channels } from '../channels/channels.js';
import { DeliveryNotFound, NotReadable, RawBodyGone } from '../intake.errors.js';
import { StoredDeliveries, type StoredDelivery } from '../persistence/stored-deliveries.js';
import { AcceptRequests, type Accepted } from './accept-requests.js';
import { read } from './receive-request.js';
import { SealRequest } from './seal-request.js';

/**
 * Reads a delivery again, by the rules of today, and takes what it tells: a rejected one after its form or mapping was
 * mended, or any other one once more. Two people who ask for the same replay get one.
 */
@Injectable()
export class ReplayDelivery {
  constructor(
    private readonly stored: StoredDeliveries,
    private readonly channels: Channels,
    private readonly sealer: SealRequest,
    private readonly acceptor: AcceptRequests,
    private readonly clock: Clock,
  ) {}

  /**
   * @param after how many replays of it the caller knows of: this is the next one
   * @throws INTAKE.DELIVERY_NOT_FOUND, INTAKE.RAW_BODY_GONE, INTAKE.NOT_READABLE, and why it is still rejected
   */
  async replay(
    id: string,
    { after, reason, actor }: { after: number; reason: string; actor: string },
  ): Promise<Accepted> {
    const delivery = await this.stored.find(id);
    if (!delivery) throw DeliveryNotFound({ details: { id } });
    const request = await this.requestOf(delivery);
    const newRequestId = newId();
    const updates = await this.updatesOf(delivery, request, { id: newRequestId, after });
    const sealed = this.sealer.seal(
      this.channelOf(delivery),
      { ...request, receivedAt: this.clock.now() },
      { id: newRequestId, updates, replay: { of: id, actor, reason } },
    );
    const [refused] = sealed.updates.flatMap(({ error }) => (error ? [error] : []));
    if (refused) throw refused;
    return this.acceptor.accept(sealed);
  }

  private channelOf({ channel }: StoredDelivery) {
    const found = this.channels.reader(channel);
    if (!found) throw NotReadable({ details: { channel } });
    return found;
  }

  private async requestOf(delivery: StoredDelivery): Promise<InboundRequest> {
    const raw = await this.stored.request(delivery.requestId);
    if (!raw) throw RawBodyGone({ details: { id: delivery.id } });
    return {
      ...{ method: 'POST', source: delivery.source, url: '', ip: '', traceparent: newTraceparent() },
      headers: { 'content-type': delivery.contentType, ...raw.headers },
      body: raw.body,
      receivedAt: delivery.receivedAt,
    };
  }

  /** A request that told one thing is read as a whole; of one that told several, only this. */
  private async updatesOf(
    delivery: StoredDelivery,
    request: InboundRequest,
    { id, after }: { id: string; after: number },
  ): Promise<readonly Update[]> {
    const all = await read(this.channelOf(delivery), request, id, { requestKey: delivery.deliveryKey });
    const isWhole = delivery.id === delivery.requestId;
    const picked = isWhole ? all : all.slice(delivery.place, delivery.place + 1);
    if (picked.length === 0) throw NotReadable({ details: { id: delivery.id } });
    const suffix = delivery.status === 'rejected' ? '' : await this.suffix(delivery, after);
    return picked.map(({ order: _order, ...update }) => ({ ...update, key: `${update.key}${suffix}` }));
  }

  /** Whoever knows of as many replays asks for the same one: the second is a duplicate of the first. */
  private async suffix({ channel, deliveryKey }: StoredDelivery, after: number): Promise<string> {
    const known = Array.from({ length: after }, (_, n) => `${deliveryKey}~r${n + 1}`);
    if ((await this.stored.taken(channel, known)) < after) {
      throw NotReadable({ message: `It has not been replayed ${after} times.` });
    }
    return `~r${after + 1}`;
  }
}
