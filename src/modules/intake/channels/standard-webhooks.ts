import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { OutsideReplayWindow, SignatureMissing, SignatureRefused } from '../intake.errors.js';

const toleranceSeconds = 300;
const mostSignatures = 20;

/** Headers by lower-case name; a repeated header's values are joined by ", ". */
export type Headers = Readonly<Record<string, string | undefined>>;

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
  const fits = secrets.some((secret) => {
    const expected = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest();
    return given.some(
      (signature) => signature.length === expected.length && timingSafeEqual(signature, expected),
    );
  });
  if (!fits) throw SignatureRefused();
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

const keys = new Map<string, KeyObject>();
const mostKeys = 100;

/** The decoded secret as a key object, which is costly to make. */
function keyOf(secret: string): KeyObject {
  let key = keys.get(secret);
  if (!key) {
    if (keys.size >= mostKeys) keys.clear();
    key = createSecretKey(Buffer.from(secret.replace(/^whsec_/, ''), 'base64'));
    keys.set(secret, key);
  }
  return key;
}
