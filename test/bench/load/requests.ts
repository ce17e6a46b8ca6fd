import { createHmac } from 'node:crypto';

export interface RequestOptions {
  readonly host: string;
  readonly path: string;
  /** `whsec_` and base64. */
  readonly secret: string;
  /** Part of every id and address: requests of two tags are distinct. */
  readonly tag: string;
  readonly seed: number;
}

const firstNames = ['Alice', 'Noah', 'Grace', 'Owen', 'Ruth', 'Miles', 'Annika', 'Lukas', 'Chloé', 'Zofia'];
const lastNames = ['Parker', 'Bennett', 'Hughes', 'Walsh', 'Brandt', 'Vogel', 'Moreau', 'Dubois', 'Castillo'];
const companies = ['Northwind Traders', 'Brightwater GmbH', 'Café Soleil', 'Acme & Sons', 'Łódź Logistics'];

/** One submission's body, about 400 bytes; its person wrote nothing before. */
export function bodyOf(
  { tag, seed }: Pick<RequestOptions, 'tag' | 'seed'>,
  index: number,
  now: Date,
): string {
  const pick = (list: readonly string[], step: number): string =>
    list[(seed + index * step) % list.length] as string;
  const data = {
    email: `${tag}.${index}@example.com`,
    first_name: pick(firstNames, 1),
    last_name: pick(lastNames, 3),
    company: pick(companies, 7),
    job_title: 'Head of operations',
    country: 'United States',
    message: `Could you send us a quote for ${10 + (index % 90)} seats, and show it next week? (${tag}-${index})`,
    utm_source: 'website',
    utm_campaign: 'spring-webinar',
    consent_marketing: index % 2 === 0,
  };
  return JSON.stringify({ type: 'form.submitted', timestamp: now.toISOString(), data });
}

/** Whole HTTP requests as bytes, signed by Standard Webhooks; valid for five minutes. */
export function signedRequests(options: RequestOptions, count: number): Buffer[] {
  const sign = requestSigner(options);
  const now = new Date();
  return Array.from({ length: count }, (_, index) => sign(index, now));
}

/** Makes one such request at a time, for a sender that does not know how many there will be. */
export function requestSigner(options: RequestOptions): (index: number, now: Date) => Buffer {
  const key = Buffer.from(options.secret.replace(/^whsec_/, ''), 'base64');
  return (index, now) => {
    const seconds = Math.floor(now.getTime() / 1000);
    const id = `msg_${options.tag}_${index}`;
    const body = bodyOf(options, index, now);
    const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
    const head = [
      `POST ${options.path} HTTP/1.1`,
      `host: ${options.host}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      `webhook-id: ${id}`,
      `webhook-timestamp: ${seconds}`,
      `webhook-signature: v1,${signature}`,
    ];
    return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
  };
}
