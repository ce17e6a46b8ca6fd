import { createHmac } from 'node:crypto';

/**
 * The headers of a request that is signed by Standard Webhooks, by each of the secrets that are valid, so that the
 * receiver may change to the newer one when it likes.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @param secrets `whsec_` and base64; the newest first
 */
export function signatureHeaders(
  body: string,
  { id, now, secrets }: { id: string; now: Date; secrets: readonly string[] },
): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
