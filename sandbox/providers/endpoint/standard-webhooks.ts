import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Both sides of Standard Webhooks, written from its text
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md), so that the simulator
 * shares no misunderstanding with the product.
 */
const signatureOf = (secret: string, id: string, timestamp: string, body: string): Buffer =>
  createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(`${id}.${timestamp}.${body}`)
    .digest();

/** What is wrong with a request's signature, or the id that it signs. */
export function verify(
  body: string,
  headers: IncomingHttpHeaders,
  secret: string,
  toleranceSeconds: number,
): { id: string } | { wrong: string } {
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map(
    (name) => headers[`webhook-${name}`],
  );
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') {
    return { wrong: 'signature_missing' };
  }
  if (!/^\d+$/.test(timestamp)) return { wrong: 'timestamp_malformed' };
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > toleranceSeconds)
    return { wrong: 'timestamp_too_far' };
  const expected = signatureOf(secret, id, timestamp, body);
  const fits = signatures.split(' ').some((part) => {
    const [version, text = ''] = part.split(',');
    const given = Buffer.from(text, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
  return fits ? { id } : { wrong: 'signature_mismatch' };
}

export function sign(body: string, id: string, secret: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signatureOf(secret, id, timestamp, body).toString('base64')}`,
  };
}
