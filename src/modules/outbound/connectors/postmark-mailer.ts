import type { MailAddress } from '../contracts.js';
import { addressOf } from '../domain/mail-address.js';
import type { OutgoingMail } from '../domain/outgoing-mail.js';
import { MailAnswerInvalid, MailOutcomeUnknown, MailRejected } from '../mail.errors.js';
import type { MailSettings } from './mail-settings.js';
import { Mailer, type MailReceipt } from './mailer.js';
import type { PostmarkApi } from './postmark-api.js';
import { inactiveRecipients } from './postmark-errors.js';

/** The field of a message's metadata that holds our reference. */
const referenceField = 'reference';
const idShape = /^[\w-]{1,100}$/;
const mostRecipients = 50;

/** Mails by Postmark's API. It knows no idempotency key, and finds a message by its metadata. */
export class PostmarkMailer extends Mailer {
  constructor(
    private readonly api: PostmarkApi,
    private readonly settings: MailSettings,
  ) {
    super();
  }

  async send(mail: OutgoingMail, signal?: AbortSignal): Promise<MailReceipt> {
    const addresses = mail.to.map(({ address }) => address);
    try {
      const answer = await this.api.send(messageOf(mail, this.settings.postmark.stream), signal);
      const { MessageID: providerId, Message: said, ErrorCode: code } = answer;
      // It was taken by all that can be told, or else nobody knows.
      if (code !== 0 || typeof providerId !== 'string' || !idShape.test(providerId)) {
        throw MailOutcomeUnknown({ details: { found: 'another form' } });
      }
      const suppressed = typeof said === 'string' && said !== 'OK' ? inactiveIn(said, addresses) : [];
      const accepted = addresses.filter((address) => !suppressed.includes(address));
      return { via: 'postmark', providerId, accepted, suppressed, refused: [] };
    } catch (error) {
      if (isInactive(error)) return { via: 'postmark', accepted: [], suppressed: addresses, refused: [] };
      throw error;
    }
  }

  async find(reference: string, signal?: AbortSignal): Promise<MailReceipt | undefined> {
    const { Messages: messages } = await this.api.messages(referenceField, reference, signal);
    if (!Array.isArray(messages)) throw MailAnswerInvalid({ details: { found: 'no list of messages' } });
    const [message] = messages as readonly unknown[];
    if (message === undefined) return undefined;
    const { MessageID: providerId, Recipients: recipients } = message as Readonly<Record<string, unknown>>;
    if (typeof providerId !== 'string' || !idShape.test(providerId) || !Array.isArray(recipients)) {
      throw MailAnswerInvalid({ details: { found: 'no message' } });
    }
    const accepted = recipients.slice(0, mostRecipients).flatMap((one) => addressOf(one) ?? []);
    return { via: 'postmark', providerId, accepted, suppressed: [], refused: [] };
  }
}

function messageOf(mail: OutgoingMail, stream: string): object {
  const { from, to, replyTo, subject, text, html, messageId, inReplyTo, references } = mail;
  const headers: Record<string, string> = {
    ...mail.headers,
    'Message-ID': messageId,
    // Without it Postmark puts an id of its own in its place.
    'X-PM-KeepID': 'true',
    ...(inReplyTo !== undefined && { 'In-Reply-To': inReplyTo }),
    ...(references.length > 0 && { References: references.join(' ') }),
  };
  return {
    ...{ From: written(from), To: to.map(written).join(', '), ReplyTo: replyTo, Subject: subject },
    ...{ TextBody: text, HtmlBody: html, Tag: mail.tag, MessageStream: stream },
    Headers: Object.entries(headers).map(([Name, Value]) => ({ Name, Value })),
    ...{ Metadata: { [referenceField]: mail.reference }, TrackOpens: false, TrackLinks: 'None' },
  };
}

/** Names have neither quotes nor backslashes (`nameOf`). */
function written({ address, name }: MailAddress): string {
  return name === undefined ? address : `"${name.replace(/["\\]/g, '')}" <${address}>`;
}

/** Of ours, those that it names: it writes them in a sentence. */
function inactiveIn(said: string, addresses: readonly string[]): readonly string[] {
  const named = new Set(
    said
      .toLowerCase()
      .slice(0, 20_000)
      .split(/[\s,;:]+/)
      .map((word) => word.replace(/\.$/, '')),
  );
  return addresses.filter((address) => named.has(address));
}

function isInactive(error: unknown): boolean {
  const { code, details } = error as { code?: unknown; details?: Record<string, unknown> };
  return code === MailRejected.code && details?.['code'] === inactiveRecipients;
}
