import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A key in clear, as its holder has it. It exists at its creation and in requests, never in storage or logs. */
export interface ClearKey {
  /** `sbx_<id>_<secret>` */
  readonly text: string;
  readonly id: string;
  readonly hash: Buffer;
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'; // 32 characters, none of them mistaken for another
const form = /^sbx_([A-Za-z0-9]{1,32})_[\w-]{32,128}$/;

/** A new key: an id of 60 bits to name it by, a secret of 256 bits. */
export function generateKey(): ClearKey {
  const id = [...randomBytes(12)].map((byte) => alphabet[byte % 32]).join('');
  const text = `sbx_${id}_${randomBytes(32).toString('base64url')}`;
  return { text, id, hash: hashKey(text) };
}

/** Reads what a request presents as a key; undefined when it can't be one. */
export function parseKey(text: string): ClearKey | undefined {
  const id = form.exec(text)?.[1];
  return id === undefined ? undefined : { text, id, hash: hashKey(text) };
}

/** SHA-256 of the whole key. No slow hash: 256 random bits can't be guessed. */
export function hashKey(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Compares in a time that tells nothing. */
export function sameHash(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The key of an `Authorization: Bearer …` header (RFC 6750); the scheme's case does not matter. */
export function bearerOf(header: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(header ?? '')?.[1];
}
