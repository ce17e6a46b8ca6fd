import { Injectable } from '@nestjs/common';
import {
  EventSubscribers,
  type EventSubscriber,
  type SubscriberContext,
  type SubscriberOutcome,
} from '../../../shared/messaging/event-subscribers.js';
import { MailBounced } from '../../intake/contracts.js';
import { addressOf } from '../domain/mail-address.js';
import { SentMails } from '../persistence/sent-mails.js';
import { Suppressions } from '../persistence/suppressions.js';

/**
 * Suppresses an address for which a mail bounced for good, or whose reader complained. A provider's webhook is
 * authenticated, and names its own id. A report that came as a mail is not: anybody can write one, so it counts only
 * about a mail of ours to this very address, of which it has to know the Message-ID.
 */
@Injectable()
export class SuppressBounced implements EventSubscriber<MailBounced> {
  readonly name = 'outbound.suppress-bounced';
  readonly event = MailBounced;

  constructor(
    private readonly subscribers: EventSubscribers,
    private readonly sent: SentMails,
    private readonly suppressions: Suppressions,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.subscribers.add(this);
  }

  async handle(bounced: MailBounced, context: SubscriberContext): Promise<SubscriberOutcome> {
    const { kind, permanent, originalReference = '', at } = bounced;
    const address = addressOf(bounced.recipient);
    if (address === undefined) return { decision: { suppressed: false, why: 'no address' } };
    const isReport = !isProviderId(originalReference);
    const [ours] = isReport ? await this.sent.recipientsAmong(originalReference, [address]) : [];
    const isOurs = ours !== undefined;
    const since = new Date(at);
    const changes = isOurs ? [this.sent.reported(originalReference, since)] : [];
    if (isReport && !isOurs) return { decision: { suppressed: false, why: 'about no mail of ours' } };
    if (!permanent && kind !== 'complaint')
      return { changes, decision: { suppressed: false, why: 'it may arrive yet' } };
    const source = `event:${context.eventId}`;
    const adding = this.suppressions.adding({ address, reason: kind, source, since }, context.key);
    const entry = { actor: this.name, action: 'outbound.address-suppressed', outcome: 'ok' as const };
    return {
      changes: [...changes, adding],
      audit: [{ ...entry, subject: source, details: { reason: kind } }],
      decision: { suppressed: true, reason: kind },
    };
  }
}

/** Message-IDs stand in angle brackets (RFC 5322, 3.6.4); ids of providers do not. */
function isProviderId(reference: string): boolean {
  return reference !== '' && !reference.startsWith('<');
}
