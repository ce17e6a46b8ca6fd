import type { Headers } from '../channels/channel.js';

/** What of a request is kept: enough to read it again, and nothing that proves who sent it. */
export interface RawRequest {
  readonly headers: Headers;
  /** Bytes as received. */
  readonly body: Buffer;
}

const kept = /^(content-type|webhook-id|origin|referer|ce-[a-z0-9-]{1,40}|x-[a-z0-9-]{1,60}-id)$/;
const mostHeaders = 40;
const longestValue = 1_000;

/** Layout: length of the headers' JSON (4 bytes, big-endian), the JSON, the body. */
export function packRequest({ headers, body }: RawRequest): Buffer {
  const entries = Object.entries(headers).filter(
    ([name, value]) => kept.test(name) && typeof value === 'string' && value.length <= longestValue,
  );
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries.slice(0, mostHeaders))));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([length, json, body]);
}

/** What `packRequest` made. */
export function unpackRequest(packed: Buffer): RawRequest {
  const end = 4 + packed.readUInt32BE(0);
  return { headers: JSON.parse(packed.toString('utf8', 4, end)) as Headers, body: packed.subarray(end) };
}
