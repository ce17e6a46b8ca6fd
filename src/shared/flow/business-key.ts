import type { KeyedHash } from '../crypto/keyed-hash.js';

/** The keyed hash by which runs of one business key are found, and events find the runs that they concern. */
export function businessKeyHash(hash: KeyedHash, businessKey: string): Buffer {
  return hash.of('business-key', businessKey.trim().toLowerCase());
}
