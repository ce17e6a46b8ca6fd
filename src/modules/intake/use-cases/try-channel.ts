import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { appendAudit } from '../../../shared/audit/append-audit.js';
import { Database } from '../../../shared/database/database.js';
import { Clock } from '../../../shared/kernel/clock.js';
import { newId } from '../../../shared/kernel/ids.js';
import { definitionOf } from '../../../shared/kernel/message.js';
import { newTraceparent } from '../../../shared/observability/trace.js';
import { noSecret, type Channel, type InboundRequest } from '../channels/channel.js';
import { ChannelClosed } from '../intake.errors.js';
import type { Accepted } from './accept-requests.js';
import { ChannelSecrets } from './channel-secrets.js';
import { read, ReceiveRequest } from './receive-request.js';
import { WebhookSettings } from './webhook-settings.js';

/** What a sample would become, or has become. */
export interface Tried {
  readonly updates: readonly {
    readonly key: string;
    readonly eventType?: string;
    readonly ignored?: string;
  }[];
  /** Where it was delivered. */
  readonly accepted?: Accepted;
}

/** Tries a channel with a sample that is signed with its current secret, as its provider would sign it. */
@Injectable()
export class TryChannel {
  constructor(
    private readonly secrets: ChannelSecrets,
    private readonly receive: ReceiveRequest,
    private readonly settings: WebhookSettings,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * @param deliver takes the sample in earnest: flows start, and act in the systems that they act in
   * @throws what the channel throws
   */
  async try(channel: Channel, source: string, deliver: boolean, actor: string): Promise<Tried> {
    await this.audit(channel, source, deliver, actor);
    const request = await this.sample(channel, source);
    const secrets = await this.secrets.of(channel);
    const genuine = await channel.verify(request, secrets);
    const updates = (await read(channel, request, newId(), genuine)).map(
      ({ key, event, ignored, rejected }) => {
        if (rejected) throw rejected;
        return { key, ignored, eventType: event && definitionOf(event.message.constructor as never).type };
      },
    );
    return { updates, ...(deliver && { accepted: await this.receive.receive(channel, request) }) };
  }

  private async audit(channel: Channel, source: string, deliver: boolean, actor: string): Promise<void> {
    const entry = {
      ...{
        actor,
        action: 'intake.channel-tried',
        outcome: 'ok' as const,
        subject: `channel:${channel.name}`,
      },
      details: { source, deliver },
    };
    await this.database.transaction((tx) => appendAudit(tx, [entry], this.clock.now()));
  }

  private async sample(channel: Channel, source: string): Promise<InboundRequest> {
    const secrets = await this.secrets.of(channel);
    const [first] = channel.secrets;
    if (first !== noSecret && secrets(first).length === 0) {
      throw ChannelClosed({ details: { channel: channel.name } });
    }
    const now = this.clock.now();
    const unique = randomBytes(8).toString('hex');
    const url = `${this.settings.publicUrl}/webhooks/${channel.path.replace(':source', source)}`;
    const signed = channel.sign(channel.example(source, unique, now), {
      secrets,
      now,
      url,
      id: `try_${unique}`,
    });
    return {
      ...{ method: 'POST', source, url, ip: '127.0.0.1', traceparent: newTraceparent() },
      headers: { 'content-type': signed.contentType, ...signed.headers },
      body: signed.body,
      receivedAt: now,
    };
  }
}
