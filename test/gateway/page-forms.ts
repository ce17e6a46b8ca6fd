import type { InboundRequest } from '../../src/modules/intake/channels/channel.js';
import { inboundRequest } from './requests.js';

export const pageOrigin = 'https://www.example.com';
export const urlencoded = 'application/x-www-form-urlencoded';

/** A body and its content type, as a browser makes them. */
export interface Posted {
  readonly contentType: string;
  readonly body: Buffer;
}

export function encoded(fields: Readonly<Record<string, string>> | readonly [string, string][]): Posted {
  const pairs = Array.isArray(fields) ? fields : Object.entries(fields);
  return { contentType: urlencoded, body: Buffer.from(new URLSearchParams(pairs).toString()) };
}

/** A part of `multipart/form-data`: a field, or a file where it has a file's name. */
export interface Part {
  readonly name: string;
  readonly value: string;
  readonly file?: string;
}

export function multipart(parts: readonly Part[], boundary = 'boundary-1'): Posted {
  const texts = parts.map(({ name, value, file }) => {
    const filename = file === undefined ? '' : `; filename="${file}"\r\ncontent-type: text/plain`;
    return `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${filename}\r\n\r\n${value}\r\n`;
  });
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.from(`${texts.join('')}--${boundary}--\r\n`),
  };
}

/** The request of a page at `pageOrigin`. */
export function pageRequest(
  { contentType, body }: Posted,
  { headers, ...more }: Partial<InboundRequest> = {},
): InboundRequest {
  const own = { 'content-type': contentType, origin: pageOrigin };
  return inboundRequest(body, { source: 'site', ...more, headers: { ...own, ...headers } });
}
