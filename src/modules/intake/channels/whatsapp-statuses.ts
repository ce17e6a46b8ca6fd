import { ChannelTroubled, MessageStatusChanged, messageStatuses, type MessageStatus } from '../contracts.js';
import { objectOf, type JsonObject } from '../domain/json.js';
import type { Update } from './channel.js';
import { digestOf } from './untrusted.js';
import { idOf, phoneOf, fullText, timeOf } from './whatsapp-fields.js';
import { rejectedUpdate, type ValueContext } from './whatsapp-messages.js';
import { subjectsOf } from './whatsapp-people.js';

const longestTag = 500;
const longestMessage = 1_000;

/**
 * Statuses arrive in any order, and `delivered` is left out where the message was read at once
 * (https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status). What
 * was delivered has not failed, so a failure counts only before that.
 */
const ranks: Readonly<Record<MessageStatus, number>> = {
  ...{ sent: 1, failed: 2, delivered: 3, read: 4, played: 5 },
};

/** How far a message of ours has come; of statuses out of order only the furthest counts. */
export function statusUpdate(item: unknown, { mailbox }: ValueContext): Update {
  const told = objectOf(item);
  const id = idOf(told['id']);
  const at = timeOf(told['timestamp']);
  const name = statusName(told['status']);
  if (id === undefined || mailbox === undefined || at === undefined || name === undefined) {
    const needed = { id, status: name, timestamp: at, phone_number_id: mailbox };
    return rejectedUpdate('status', needed, digestOf(item));
  }
  const status = messageStatuses.find((known) => known === name);
  if (status === undefined)
    return { key: `status:${id}:${name}`, ignored: `The status ${name} is not used.` };
  const message = new MessageStatusChanged({
    ...{ channel: 'whatsapp', mailbox, reference: id, status, at: at.toISOString() },
    tag: fullText(told['biz_opaque_callback_data'], longestTag) || undefined,
    error: status === 'failed' ? errorOf(told) : undefined,
  });
  const subject = `message:${id}`;
  // The event does not name the recipient, the request does.
  const dataSubjects = subjectsOf([phoneOf(told['recipient_id'])], [idOf(told['recipient_user_id'])]);
  return {
    key: `status:${id}:${status}`,
    order: { key: `status:${id}`, at: ranks[status] },
    event: { message, subject, partitionKey: subject, dataSubjects },
  };
}

function statusName(name: unknown): string | undefined {
  return typeof name === 'string' && /^[a-z_]{1,50}$/.test(name) ? name : undefined;
}

function errorOf({ errors }: JsonObject): MessageStatusChanged['error'] {
  const [first] = Array.isArray(errors) ? errors.map(objectOf) : [];
  const code = Number(codeOf(first?.['code']));
  return first && Number.isSafeInteger(code) ? { code, message: sentenceOf(first) } : undefined;
}

/**
 * A problem with our account or number. It has neither id nor time of its own: what is the same within an hour is told
 * once.
 */
export function troubleUpdate(item: unknown, { mailbox = '', receivedAt }: ValueContext): Update {
  const error = objectOf(item);
  const code = codeOf(error['code']);
  if (code === undefined) return rejectedUpdate('problem of the account', { code }, digestOf(item));
  const at = receivedAt.toISOString();
  const message = new ChannelTroubled({ channel: 'whatsapp', code, message: sentenceOf(error), at });
  const hour = at.slice(0, 'yyyy-mm-ddThh'.length);
  return {
    key: `error:${hour}:${digestOf([mailbox, item])}`,
    event: {
      ...{ message, subject: 'channel:whatsapp', partitionKey: `whatsapp:${mailbox}`, dataSubjects: [] },
    },
  };
}

function codeOf(code: unknown): string | undefined {
  const isCode = (typeof code === 'number' || typeof code === 'string') && /^\d{1,15}$/.test(`${code}`);
  return isCode ? `${code}` : undefined;
}

/** What the provider says of an error: its title, and its details where there are some. */
function sentenceOf(error: JsonObject): string {
  const title = fullText(error['title']) || fullText(error['message']);
  const details = fullText(objectOf(error['error_data'])['details']);
  return fullText([title, details].filter((part) => part !== '').join(': '), longestMessage);
}
