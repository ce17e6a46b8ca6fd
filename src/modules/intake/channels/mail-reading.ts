import { AutomaticMailReceived, MailBounced, MessageReceived, type Sender } from '../contracts.js';
import { automaticReason } from '../domain/automatic-mail.js';
import { cut, oneLine, plainText } from '../domain/clean-text.js';
import { reportOf, type FailedDelivery } from '../domain/delivery-report.js';
import { mailboxOf } from '../domain/mail-addresses.js';
import { conversationOf } from '../domain/mail-threading.js';
import { sentAtOf, type Mail } from '../domain/mail.js';
import { replyOf } from '../domain/reply-text.js';
import type { Update } from './channel.js';
import { attachmentsOf } from './mail-attachments.js';

const longestText = 100_000;
const longestSubject = 1_000;
const longestName = 200;

/** The request that brought a mail. */
export interface Arrival {
  readonly id: string;
  readonly receivedAt: Date;
}

/** What is told of a bounce or a complaint, by a report or by the provider. */
export interface Bounce extends FailedDelivery {
  readonly kind: 'bounce' | 'complaint';
  readonly originalReference?: string;
  /** ISO 8601. */
  readonly at: string;
}

/**
 * What a mail tells: that a person wrote, that a machine did, or, for each recipient whom a mail of ours did not reach,
 * that it bounced. Its key is the mailbox with the Message-ID; without one, with what stands for the mail.
 */
export async function updatesOfMail(mail: Mail, arrival: Arrival): Promise<readonly Update[]> {
  const mailbox = mailboxOf(mail.envelope.recipients[0] ?? mail.to[0] ?? '');
  const reference = mail.messageId ?? mail.fingerprint;
  const key = `${mailbox}:${reference}`;
  const report = reportOf(mail);
  if (report?.kind === 'delivery') {
    const at = sentAtOf(mail, arrival.receivedAt);
    const { failed, originalReference } = report;
    if (failed.length === 0) return [{ key, ignored: 'A report of a delivery that has not failed.' }];
    return failed.map((failure, place) =>
      bounceUpdate(`${key}#${place}`, { ...failure, kind: 'bounce', originalReference, at }),
    );
  }
  if (report?.kind === 'disposition') return [{ key, ignored: 'A report that a mail was read.' }];
  const reason = report ? 'report' : automaticReason(mail, mailbox);
  const received: Received = { mail, mailbox, reference, key, arrival };
  return [reason === undefined ? await messageUpdate(received) : automaticUpdate(received, reason)];
}

/** What a bounce or a complaint becomes. */
export function bounceUpdate(key: string, { diagnostic, ...bounce }: Bounce): Update {
  const message = new MailBounced({
    ...bounce,
    diagnostic: diagnostic === undefined ? undefined : cut(diagnostic, 1_000),
  });
  // Who it was is sealed with the event: its place in an order is told by our own mail.
  const subject = `mail:${bounce.originalReference ?? key}`;
  const dataSubjects = [`email:${bounce.recipient}`];
  return { key, event: { message, subject, partitionKey: subject, dataSubjects } };
}

interface Received {
  readonly mail: Mail;
  readonly mailbox: string;
  readonly reference: string;
  readonly key: string;
  readonly arrival: Arrival;
}

async function messageUpdate(received: Received): Promise<Update> {
  const { mail } = received;
  const { attachments, files } = await attachmentsOf(mail.files);
  const reply = mail.reply?.trim() ? mail.reply : replyOf(plainText(mail.text, longestText * 4));
  const message = new MessageReceived({
    ...common(received),
    ...{ channel: 'email', kind: 'text', conversation: conversation(received), files },
    subject: oneLine(mail.subject, longestSubject),
    text: plainText(reply, longestText),
  });
  return { key: received.key, event: eventOf(received, message), attachments };
}

function automaticUpdate(received: Received, reason: string): Update {
  const subject = oneLine(received.mail.subject, longestSubject);
  const message = new AutomaticMailReceived({ ...common(received), reason, subject });
  return { key: received.key, event: eventOf(received, message) };
}

/** What both events say of a mail. */
function common({ mail, mailbox, reference, arrival: { id, receivedAt } }: Received) {
  const { inReplyTo } = mail;
  const sentAt = sentAtOf(mail, receivedAt);
  return { messageId: id, mailbox, reference, inReplyTo, sentAt, sender: senderOf(mail) };
}

function senderOf({ from }: Mail): Sender {
  const name = oneLine(from?.name ?? '', longestName);
  return { kind: 'email', address: from?.address ?? '', ...(name !== '' && { name }) };
}

function eventOf(received: Received, message: MessageReceived | AutomaticMailReceived) {
  const { address } = message.sender;
  const dataSubjects = address === '' ? [] : [`email:${address}`];
  const subject = `message:${received.arrival.id}`;
  return { message, subject, partitionKey: conversation(received), dataSubjects };
}

function conversation({ mail, mailbox, reference }: Received): string {
  return conversationOf(mail, mailbox, reference);
}
