import type { Channel, InboundRequest, Update } from '../../src/modules/intake/channels/channel.js';
import { definitionOf } from '../../src/shared/kernel/message.js';
import { MessageValidators } from '../../src/shared/messaging/validators.js';
import { inboundRequest } from './requests.js';
import { verifiesVectors, type Vector } from './vectors.js';

export const requestId = '01a20676-da85-7b3d-a0d1-904740266552';

const validators = new MessageValidators();

/** What a channel reads of a request; each event fits its contract. */
export async function updatesOf(
  channel: Channel,
  body: unknown,
  contentType = channel.mediaTypes[0] ?? '',
  more: Partial<InboundRequest> = {},
): Promise<readonly Update[]> {
  const request = inboundRequest(body, { headers: { 'content-type': contentType }, ...more });
  const updates = await channel.read(request, requestId);
  for (const update of updates) {
    const { event } = update;
    if (event) validators.check(definitionOf(event.message.constructor as never).type, event.message);
    requireStorable(update);
  }
  return updates;
}

/** PostgreSQL takes neither NUL nor half of a surrogate pair: such a mail would be repeated for ever. */
function requireStorable({ key, ignored = '', order, event, attachments = [] }: Update): void {
  const { subject = '', partitionKey = '' } = event ?? {};
  const types = attachments.flatMap(({ declaredType, mediaType }) => [declaredType, mediaType]);
  for (const text of [key, ignored, order?.key ?? '', subject, partitionKey, ...types]) {
    if (/[\p{Cc}\p{Cs}]/u.test(text) || text.length > 1_000) throw new Error('it cannot be stored');
  }
}

/** The one update of a request, with its event's class for short. */
export async function updateOf(...given: Parameters<typeof updatesOf>): Promise<Update & { kind?: string }> {
  const [update, ...others] = await updatesOf(...given);
  if (!update || others.length > 0) throw new Error('there is not exactly one update');
  return { ...update, kind: update.event?.message.constructor.name };
}

/** A mail's source: header lines, an empty line, a body; ended by CR LF. */
export function source(headers: readonly string[], body: string | readonly string[] = 'Hello.'): string {
  const lines = typeof body === 'string' ? body.split('\n') : body;
  return [...headers, '', ...lines, ''].join('\r\n');
}

export const plainHeaders = [
  'Delivered-To: support@example.com',
  'From: Ada Example <Ada@Example.com>',
  'To: support@example.com',
  'Subject: Where is my order?',
  'Date: Fri, 20 Nov 2026 11:59:45 +0000',
  'Message-ID: <m-1@example.com>',
];

/** The vectors of HTTP basic, `user:password`, for a channel that is known by it. */
export function verifiesBasic(channel: Channel): void {
  const [password, user = ''] = channel.secrets;
  const secretsOf = ({ secret = '' }: Vector) => {
    const colon = secret.indexOf(':');
    return { [user]: [secret.slice(0, colon)], [password]: [secret.slice(colon + 1)] };
  };
  verifiesVectors({ provider: 'email', schemes: ['basic'], channel, secretsOf });
}

/** A form as the providers post it. */
export function multipart(
  fields: Readonly<Record<string, string | Buffer>>,
  files: readonly { field: string; name: string; type: string; content: Buffer }[] = [],
): { contentType: string; body: Buffer } {
  const head = (name: string, more = ''): Buffer =>
    Buffer.from(`--form-1\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`);
  const end = Buffer.from('\r\n');
  const parts = [
    ...Object.entries(fields).flatMap(([name, value]) => [head(name), Buffer.from(value), end]),
    ...files.flatMap(({ field, name, type, content }) => [
      head(field, `; filename="${name}"\r\nContent-Type: ${type}`),
      content,
      end,
    ]),
  ];
  const body = Buffer.concat([...parts, Buffer.from('--form-1--\r\n')]);
  return { contentType: 'multipart/form-data; boundary=form-1', body };
}

export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
