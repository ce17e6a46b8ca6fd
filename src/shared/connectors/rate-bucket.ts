import { setTimeout as sleep } from 'node:timers/promises';
import { RateBudgetSpent } from './connectors.errors.js';

/** At most `max` calls in any `intervalMs`. */
export interface RateLimit {
  readonly max: number;
  readonly intervalMs: number;
}

/** Granted: go after `waitMs`. Not granted: there is no room within the caller's patience; ask after `waitMs`. */
export interface Reservation {
  readonly granted: boolean;
  readonly waitMs: number;
}

/** Where the buckets of all processes live. */
export abstract class RateStore {
  /** Reserves one call of the bucket, at a cost of one round trip. */
  abstract reserve(bucket: string, limit: RateLimit, patienceMs: number): Promise<Reservation>;

  /** Grants nothing of the bucket for `ms` milliseconds, to any process. */
  abstract hold(bucket: string, ms: number): Promise<void>;
}

/** The part of a limit that is used: calls that were granted evenly may still arrive a little closer. */
const used = 0.95;

/**
 * A limit as a steady pace with a small burst, so that no interval, wherever it begins, holds more than the limit:
 * `burst` calls at once, then one every `everyMs`.
 */
export function paceOf({ max, intervalMs }: RateLimit): { burst: number; everyMs: number } {
  const usable = Math.max(1, max >= 20 ? Math.floor(max * used) : max);
  const burst = Math.max(1, Math.floor(usable / 10));
  return { burst, everyMs: intervalMs / Math.max(1, usable - burst) };
}

/** One provider's budget, shared by all processes: charged for each call, before the call. */
export class RateBucket {
  private limit: RateLimit;

  constructor(
    private readonly store: RateStore,
    private readonly name: string,
    initial: RateLimit,
    private readonly patienceMs = 10_000,
  ) {
    this.limit = initial;
  }

  /** Waits for room for one call, at most `patienceMs`. @throws CONNECTORS.RATE_BUDGET_SPENT */
  async take(signal?: AbortSignal): Promise<void> {
    const giveUpAt = performance.now() + this.patienceMs;
    for (;;) {
      const patience = Math.max(0, giveUpAt - performance.now());
      const { granted, waitMs } = await this.store.reserve(this.name, this.limit, patience);
      if (!granted && waitMs > patience) throw RateBudgetSpent({ retryAfterMs: Math.ceil(waitMs) });
      if (waitMs > 0) await sleep(waitMs, undefined, { signal });
      if (granted) return;
    }
  }

  /** Takes over the limit that the provider's own headers state; nonsense is ignored. */
  learn({ max, intervalMs }: RateLimit): void {
    const sane = max >= 1 && max <= 100_000 && intervalMs >= 100 && intervalMs <= 86_400_000;
    if (sane) this.limit = { max: Math.floor(max), intervalMs };
  }

  /** The provider asked for a pause: nobody calls for `ms` milliseconds. */
  async hold(ms: number): Promise<void> {
    await this.store.hold(this.name, ms);
  }
}
