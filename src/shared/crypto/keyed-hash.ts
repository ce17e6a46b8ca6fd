import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/**
 * Keyed hashes (HMAC-SHA256, 32 bytes) of values that must be found or compared but not stored: e-mail addresses,
 * business keys, effect keys. Each purpose has a key of its own, derived from the master key.
 */
export class KeyedHash {
  private readonly keys = new Map<string, KeyObject>();

  constructor(private readonly masterKey: KeyObject) {}

  of(purpose: string, value: string): Buffer {
    return createHmac('sha256', this.keyOf(purpose)).update(value).digest();
  }

  private keyOf(purpose: string): KeyObject {
    let key = this.keys.get(purpose);
    if (!key) {
      key = createSecretKey(
        Buffer.from(hkdfSync('sha256', this.masterKey, '', `signalbox:hash:${purpose}`, 32)),
      );
      this.keys.set(purpose, key);
    }
    return key;
  }
}
