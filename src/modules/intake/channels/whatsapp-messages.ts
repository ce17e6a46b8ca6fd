import { MessageReceived, ReactionReceived } from '../contracts.js';
import { objectOf, type JsonObject } from '../domain/json.js';
import { PayloadRefused } from '../intake.errors.js';
import type { Update } from './channel.js';
import { contentOf } from './whatsapp-content.js';
import { digestOf } from './untrusted.js';
import { idOf, fullText, timeOf } from './whatsapp-fields.js';
import type { Contacts, Person } from './whatsapp-people.js';

/** How long after a person's message it may be answered freely; later only a template is let through. */
const replyWindowMs = 24 * 60 * 60 * 1000;

/** What the messages, statuses and errors of one value have in common. */
export interface ValueContext {
  /** Our phone number's id, where it can be read. */
  readonly mailbox: string | undefined;
  readonly contacts: Contacts;
  readonly receivedAt: Date;
}

/** What a message and a reaction both have. */
interface Written extends Person {
  readonly id: string;
  readonly mailbox: string;
  readonly conversation: string;
  readonly sentAt: Date;
}

/** A message of a person, or their reaction to one; rejected when it does not say which, from whom, to whom or when. */
export function messageUpdate(item: unknown, context: ValueContext, newId: string): Update {
  const message = objectOf(item);
  const { mailbox } = context;
  const id = idOf(message['id']);
  const sentAt = timeOf(message['timestamp']);
  const person = context.contacts.authorOf(message);
  if (id === undefined || mailbox === undefined || sentAt === undefined || person === undefined) {
    const needed = { id, timestamp: sentAt, 'from or from_user_id': person, phone_number_id: mailbox };
    return rejectedUpdate('message', needed, id ?? digestOf(item));
  }
  const conversation = `whatsapp:${mailbox}:${person.sender.address}`;
  const written = { id, mailbox, conversation, sentAt, ...person };
  if (message['type'] === 'reaction') return reaction(objectOf(message['reaction']), written);
  return received(message, written, newId);
}

function received(message: JsonObject, written: Written, messageId: string): Update {
  const { id, mailbox, conversation, sender, sentAt, dataSubjects } = written;
  const content = contentOf(message);
  const event = new MessageReceived({
    ...{ messageId, channel: 'whatsapp', mailbox, conversation, sender },
    ...content,
    sentAt: sentAt.toISOString(),
    reference: id,
    inReplyTo: idOf(objectOf(message['context'])['id']),
    // What WhatsApp itself tells of a person opens no window.
    replyUntil: content.kind === 'system' ? undefined : replyUntil(sentAt),
  });
  const subject = `message:${messageId}`;
  return { key: id, event: { message: event, subject, partitionKey: conversation, dataSubjects } };
}

function replyUntil(sentAt: Date): string {
  return new Date(sentAt.getTime() + replyWindowMs).toISOString();
}

function reaction(part: JsonObject, written: Written): Update {
  const { id, mailbox, conversation, sender, sentAt, dataSubjects } = written;
  const to = idOf(part['message_id']);
  if (to === undefined) return rejectedUpdate('reaction', { message_id: to }, id);
  const message = new ReactionReceived({
    ...{ channel: 'whatsapp', mailbox, sender, to },
    // No emoji: the reaction was taken back.
    emoji: fullText(part['emoji'], 100),
    sentAt: sentAt.toISOString(),
  });
  const event = { message, subject: `message:${to}`, partitionKey: conversation, dataSubjects };
  return { key: id, event };
}

/** An update that cannot be read, with the names (never the values) of what is missing or malformed. */
export function rejectedUpdate(what: string, needed: JsonObject, key: string): Update {
  const missing = Object.keys(needed).filter((name) => needed[name] === undefined);
  const message = `A ${what} has no readable ${missing.join(', no ')}.`;
  return { key, rejected: PayloadRefused({ message, details: { missing } }) };
}
