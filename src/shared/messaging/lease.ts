import type { DataKey } from '../crypto/field-cipher.js';

/** A delivery that this process holds until `lease_expires_at`, as the claim returns it. */
export interface LeasedRow {
  id: string;
  fence: string;
  message_id: string;
  type: string;
  handler: string;
  lane: string;
  capability: string;
  flow: string;
  run_id: string | null;
  step: string;
  visit: number;
  order_key: Buffer | null;
  hold: boolean;
  max_attempts: number;
  attempts: number;
  crashes: number;
  created_at: Date;
  payload: Buffer;
  key_id: string;
  time: Date;
  aggregatetype: string;
  aggregateid: string;
  correlationid: string;
  partitionkey: string;
  traceparent: string | null;
}

/** A leased delivery with its message opened. */
export interface Lease {
  readonly row: LeasedRow;
  readonly data: Record<string, unknown>;
  readonly key: DataKey;
  /** Aborted when the lease is lost. */
  readonly signal: AbortSignal;
  /** Monotonic (performance.now) time after which nothing may be sent outside under this lease. */
  deadline(): number;
}
