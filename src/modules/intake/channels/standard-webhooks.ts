import type { Headers } from './channel.js';
import { base64Key, fitsAny, hmac } from './signatures.js';
import { OutsideReplayWindow, SignatureMissing, SignatureRefused } from '../intake.errors.js';

const toleranceSeconds = 300;
const mostSignatures = 20;

/** What the sender said of a genuine request. */
export interface SignedRequest {
  /** The same over the sender's retries. */
  readonly id: string;
  readonly sentAt: Date;
}

/**
 * Verifies a request by the Standard Webhooks specification over its raw bytes: HMAC-SHA256 of `id.timestamp.body`
 * with the decoded secret, any of several `v1` signatures and any of the valid secrets, at most five minutes either way.
 * @param secrets `whsec_` + base64
 * @throws INTAKE.SIGNATURE_MISSING, INTAKE.OUTSIDE_REPLAY_WINDOW, INTAKE.SIGNATURE_REFUSED
 */
export function verifyStandardWebhook(
  body: Buffer,
  headers: Headers,
  secrets: readonly string[],
  now: Date,
): SignedRequest {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (!id || id.length > 256 || !timestamp || !signatures) throw SignatureMissing();
  if (!/^\d{1,12}$/.test(timestamp)) throw SignatureMissing();
  const seconds = Number(timestamp);
  if (Math.abs(Math.floor(now.getTime() / 1000) - seconds) > toleranceSeconds) throw OutsideReplayWindow();
  const given = signaturesOf(signatures);
  const expected = secrets.map((secret) => hmac(keyOf(secret), `${id}.${timestamp}.`, body));
  if (!fitsAny(given, expected)) throw SignatureRefused();
  return { id, sentAt: new Date(seconds * 1000) };
}

/** The `v1` signatures of a blank-separated list; other versions are skipped. */
function signaturesOf(header: string): Buffer[] {
  return header
    .split(' ')
    .filter((part) => part.startsWith('v1,'))
    .slice(0, mostSignatures)
    .map((part) => Buffer.from(part.slice(3), 'base64'));
}

function keyOf(secret: string): ReturnType<typeof base64Key> {
  return base64Key(secret.replace(/^whsec_/, ''));
}

/** The headers of a request that is signed by the Standard Webhooks specification. */
export function standardWebhookHeaders(
  body: Buffer,
  { id, now, secret }: { id: string; now: Date; secret: string },
): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signature = hmac(keyOf(secret), `${id}.${timestamp}.`, body).toString('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
