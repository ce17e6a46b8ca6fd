import { createHash, createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';

const keys = new Map<string, KeyObject>();
const mostKeys = 200;

function keyOf(kind: 'text' | 'base64', secret: string): KeyObject {
  const name = `${kind}:${secret}`;
  let key = keys.get(name);
  if (!key) {
    if (keys.size >= mostKeys) keys.clear();
    key = createSecretKey(kind === 'text' ? Buffer.from(secret) : Buffer.from(secret, 'base64'));
    keys.set(name, key);
  }
  return key;
}

/** A secret whose characters are the key. Key objects are costly to make, so they are kept. */
export function textKey(secret: string): KeyObject {
  return keyOf('text', secret);
}

/** A secret that is the base64 of the key. */
export function base64Key(secret: string): KeyObject {
  return keyOf('base64', secret);
}

/** HMAC-SHA256 over the parts, one after the other. */
export function hmac(key: KeyObject, ...parts: readonly (string | Buffer)[]): Buffer {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** Whether one of the given values is one of the expected, without telling by its time how much of it fits. */
export function fitsAny(given: readonly Buffer[], expected: readonly Buffer[]): boolean {
  let fits = false;
  for (const one of given) {
    for (const other of expected) {
      if (one.length === other.length && timingSafeEqual(one, other)) fits = true;
    }
  }
  return fits;
}

/** Whether two texts are the same, in a time that depends on neither. */
export function sameText(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(x, y);
}

/** Bytes of a hexadecimal text in lower case; empty when it is none, which fits nothing. */
export function hexBytes(text: string): Buffer {
  return /^(?:[0-9a-f]{2})+$/.test(text) ? Buffer.from(text, 'hex') : Buffer.alloc(0);
}

/** Bytes of canonical base64; empty when it is none, which fits nothing. */
export function base64Bytes(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : Buffer.alloc(0);
}

/** User and password of an Authorization header (RFC 7617). */
export function basicCredentials(header: string | undefined): { user: string; password: string } | undefined {
  const encoded = /^basic +([a-z0-9+/=]{1,2000})$/i.exec(header?.trim() ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
