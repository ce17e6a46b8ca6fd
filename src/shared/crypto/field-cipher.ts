import { createCipheriv, createDecipheriv, randomFillSync, type KeyObject } from 'node:crypto';
import { defineError } from '../kernel/coded-error.js';

/** A key for one event's data and all that comes of it, in clear. Never stored, logged or sent. */
export interface DataKey {
  readonly id: string;
  /** 32 bytes, as a key object: a raw buffer would be imported anew at each use. */
  readonly secret: KeyObject;
}

export const CiphertextRefused = defineError(
  'CRYPTO.CIPHERTEXT_REFUSED',
  'permanent',
  'A stored value could not be decrypted: it was altered, moved to another row, or its key is another one.',
);

const format = 1;
const ivBytes = 12;
const tagBytes = 16;

const ivPool = Buffer.alloc(ivBytes * 512);
let ivUsed = ivPool.length;

/** A random IV (NIST SP 800-38D, 8.2.2), from random bytes that were fetched in bulk. */
function nextIv(): Buffer {
  if (ivUsed === ivPool.length) {
    randomFillSync(ivPool);
    ivUsed = 0;
  }
  ivUsed += ivBytes;
  return Buffer.from(ivPool.subarray(ivUsed - ivBytes, ivUsed));
}

/**
 * AES-256-GCM over bytes. `place` is the additional authenticated data, `table|column|row`: a ciphertext that was
 * moved to another place does not open. Layout: format (1 byte), IV (12), tag (16), ciphertext.
 */
export function sealBytes(secret: KeyObject, place: string, plain: Buffer): Buffer {
  const iv = nextIv();
  const cipher = createCipheriv('aes-256-gcm', secret, iv);
  cipher.setAAD(Buffer.from(place));
  const body = cipher.update(plain);
  const end = cipher.final();
  return Buffer.concat([Buffer.of(format), iv, cipher.getAuthTag(), body, end]);
}

/** @throws CRYPTO.CIPHERTEXT_REFUSED */
export function openBytes(secret: KeyObject, place: string, sealed: Buffer): Buffer {
  if (sealed.length < 1 + ivBytes + tagBytes || sealed[0] !== format) throw CiphertextRefused();
  const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(1, 1 + ivBytes));
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(sealed.subarray(1 + ivBytes, 1 + ivBytes + tagBytes));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(1 + ivBytes + tagBytes)), decipher.final()]);
  } catch (cause) {
    throw CiphertextRefused({ cause });
  }
}

/** Seals a JSON value. */
export function sealJson(key: DataKey, place: string, value: unknown): Buffer {
  return sealBytes(key.secret, place, Buffer.from(JSON.stringify(value)));
}

/** Opens what `sealJson` made at the same place. @throws CRYPTO.CIPHERTEXT_REFUSED */
export function openJson(key: DataKey, place: string, sealed: Buffer): unknown {
  return JSON.parse(openBytes(key.secret, place, sealed).toString());
}
