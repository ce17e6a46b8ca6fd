import type { KeyedHash } from '../../../shared/crypto/keyed-hash.js';

/** What an address is known by here: it cannot be read back. @param address in lower case */
export function recipientHash(hash: KeyedHash, address: string): Buffer {
  return hash.of('mail-recipient', address);
}
