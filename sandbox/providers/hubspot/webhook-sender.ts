import { createHmac } from 'node:crypto';

export type WebhookTarget = {
  url: string;
  /** The app's client secret. */
  secret: string;
  /** The address that is signed, where the receiver knows itself by another one than `url`. */
  signedUrl?: string;
};

/** What became of one attempt; `status` 0 when there was no answer. */
export type WebhookDelivery = {
  at: number;
  url: string;
  events: number;
  attempt: number;
  status: number;
  body: string;
};

/** HubSpot waits for so long. */
const PATIENCE_MS = 5_000;
const BODY_SHOWN = 2_000;

/** `: / ? @ ! $ ' ( ) * , ;` are signed decoded, every other escape as it is. */
const DECODED = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

/** Posts one batch of events, signed by the third version of HubSpot's signature. Never rejects. */
export async function sendWebhook(
  target: WebhookTarget,
  events: object[],
  attempt = 0,
): Promise<WebhookDelivery> {
  const at = Date.now();
  const { url } = target;
  const body = JSON.stringify(events);
  const tried = { at, url, events: events.length, attempt };
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signatureOf(target, body, at) },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await answer.text();
    return { ...tried, status: answer.status, body: text.slice(0, BODY_SHOWN) };
  } catch (error) {
    return { ...tried, status: 0, body: String(error) };
  }
}

function signatureOf(
  { url, signedUrl = url, secret }: WebhookTarget,
  body: string,
  at: number,
): Record<string, string> {
  const uri = signedUrl.replace(DECODED, (escape) => decodeURIComponent(escape));
  const signature = createHmac('sha256', secret).update(`POST${uri}${body}${at}`).digest('base64');
  return { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': String(at) };
}
