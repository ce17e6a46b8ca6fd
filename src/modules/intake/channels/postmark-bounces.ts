import { createHash } from 'node:crypto';
import { oneLine } from '../domain/clean-text.js';
import { addressOf } from '../domain/mail-addresses.js';
import { sentAtOf } from '../domain/mail.js';
import { PayloadRefused } from '../intake.errors.js';
import { textOf } from '../domain/json.js';
import type { Update } from './channel.js';
import { bounceUpdate } from './mail-reading.js';

type Payload = Readonly<Record<string, unknown>>;

/** Types that say that a mail will never arrive there; all others may be repaired. */
const permanentTypes = ['HardBounce', 'BadEmailAddress', 'ManuallyDeactivated', 'SpamComplaint'];
/** Types that are no failure: it is still under way, or it arrived and a machine answered. */
const noFailures = ['Transient', 'AutoResponder', 'AddressChange', 'ChallengeVerification', 'Subscribe'];
const otherNoFailures = ['Unsubscribe', 'OpenRelayTest', 'InboundError'];

/**
 * What one of Postmark's records about our own mails becomes: a bounce or a complaint; others are not used. The types
 * are those of https://postmarkapp.com/developer/api/bounce-api#bounce-types.
 * @throws INTAKE.PAYLOAD_REFUSED
 */
export function updateOfPostmarkRecord(payload: Payload, receivedAt: Date): Update {
  const [recordType, type] = [textOf(payload['RecordType']), textOf(payload['Type'])];
  const key = keyOf(payload);
  if (recordType !== 'Bounce' && recordType !== 'SpamComplaint') {
    return { key, ignored: `Records of type ${oneLine(recordType, 100)} are not used.` };
  }
  if ([...noFailures, ...otherNoFailures].includes(type)) {
    return { key, ignored: `Bounces of type ${type} are no failure.` };
  }
  const recipient = addressOf(textOf(payload['Email']));
  if (recipient === '') throw PayloadRefused({ message: 'The record names no recipient (Email).' });
  const isComplaint = recordType === 'SpamComplaint' || type === 'SpamComplaint';
  const details = oneLine(`${textOf(payload['Description'])} ${textOf(payload['Details'])}`, 1_000);
  return bounceUpdate(key, {
    kind: isComplaint ? 'complaint' : 'bounce',
    recipient,
    // Postmark sends nothing more to an address that it has made inactive.
    permanent: isComplaint || permanentTypes.includes(type) || payload['Inactive'] === true,
    status: /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(details)?.[0],
    diagnostic: details || undefined,
    originalReference: oneLine(textOf(payload['MessageID']), 200) || undefined,
    at: sentAtOf({ date: timeOf(payload['BouncedAt']) }, receivedAt),
  });
}

/** Not Postmark's ID: it is an integer beyond what JSON keeps exactly. Hashed, since it names a person. */
function keyOf(payload: Payload): string {
  const names = [
    'RecordType',
    'Type',
    'MessageID',
    'Email',
    'Recipient',
    'BouncedAt',
    'DeliveredAt',
    'ChangedAt',
  ];
  const parts = [...names, 'ReceivedAt'].map((name) => textOf(payload[name]));
  return `record:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}

function timeOf(value: unknown): Date | undefined {
  const date = new Date(textOf(value));
  return Number.isNaN(date.getTime()) ? undefined : date;
}
