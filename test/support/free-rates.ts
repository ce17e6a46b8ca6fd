import { RateStore, type RateLimit, type Reservation } from '../../src/shared/connectors/rate-bucket.js';

/** Grants every call at once, and remembers which buckets were asked and held. */
export class FreeRates extends RateStore {
  readonly limits: [bucket: string, max: number][] = [];
  readonly holds: [bucket: string, ms: number][] = [];

  async reserve(bucket: string, { max }: RateLimit): Promise<Reservation> {
    this.limits.push([bucket, max]);
    return { granted: true, waitMs: 0 };
  }

  async hold(bucket: string, ms: number): Promise<void> {
    this.holds.push([bucket, ms]);
  }
}
