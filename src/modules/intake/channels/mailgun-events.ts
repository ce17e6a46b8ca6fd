import { oneLine } from '../domain/clean-text.js';
import { addressOf } from '../domain/mail-addresses.js';
import { sentAtOf } from '../domain/mail.js';
import { messageIds } from '../domain/message-ids.js';
import { PayloadRefused } from '../intake.errors.js';
import { objectOf, textOf } from '../domain/json.js';
import type { Update } from './channel.js';
import { bounceUpdate } from './mail-reading.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * What an event of Mailgun about a mail of ours becomes: `failed` for good a bounce, `complained` a complaint; a failure
 * that Mailgun calls temporary is followed by another attempt, and all other events are not used.
 * @throws INTAKE.PAYLOAD_REFUSED
 */
export function updateOfMailgunEvent(payload: Json, receivedAt: Date): Update {
  const data = objectOf(payload['event-data']);
  const [event, id] = [textOf(data['event']), textOf(data['id'])];
  if (event === '' || id === '') throw PayloadRefused({ message: 'The body is no event of Mailgun.' });
  // Ids are unique within a day only.
  const seconds = typeof data['timestamp'] === 'number' ? data['timestamp'] : undefined;
  const key = `event:${oneLine(id, 200)}${seconds === undefined ? '' : `@${seconds}`}`;
  const isFailure = event === 'failed' && data['severity'] !== 'temporary';
  if (!isFailure && event !== 'complained') {
    const what =
      event === 'failed' ? 'Mailgun tries again.' : `Events of type ${oneLine(event, 100)} are not used.`;
    return { key, ignored: what };
  }
  const recipient = addressOf(textOf(data['recipient']));
  if (recipient === '') throw PayloadRefused({ message: 'The event names no recipient.' });
  return bounceUpdate(key, {
    kind: isFailure ? 'bounce' : 'complaint',
    recipient,
    ...(isFailure ? failureOf(data) : { permanent: true }),
    originalReference: messageIds(originalIn(data))[0],
    at: sentAtOf({ date: seconds === undefined ? undefined : dateOf(seconds) }, receivedAt),
  });
}

/** Given up for good is not always the address's fault: `old` was only tried for too long. */
function failureOf(data: Json): { status?: string; diagnostic?: string; permanent: boolean } {
  const delivery = objectOf(data['delivery-status']);
  const said = oneLine(textOf(delivery['message']) || textOf(delivery['description']), 1_000);
  const status = /^[245]\.\d{1,3}\.\d{1,3}$/.exec(textOf(delivery['enhanced-code']))?.[0];
  const { code } = delivery;
  const isTransient = typeof code === 'number' && code >= 400 && code < 500;
  const permanent = status === undefined ? !isTransient : status.startsWith('5.');
  return { status, diagnostic: said || undefined, permanent: permanent && data['reason'] !== 'old' };
}

function originalIn(data: Json): string {
  return textOf(objectOf(objectOf(data['message'])['headers'])['message-id']);
}

function dateOf(seconds: number): Date | undefined {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
