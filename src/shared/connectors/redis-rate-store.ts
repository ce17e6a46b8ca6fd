import type { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { RateStore, type RateLimit, type Reservation } from './rate-bucket.js';

/** More points than any window has: what a hold leaves behind is a refusal for every limit. */
const unreachable = 1_000_000;

/**
 * Buckets in Redis, as fixed windows of whole seconds. A refused caller asks again when the window ends. While Redis
 * does not answer, the fallback's buckets are used: the limit holds, at the price of a statement a call.
 */
export class RedisRateStore extends RateStore {
  private readonly limiters = new Map<string, RateLimiterRedis>();

  constructor(
    private readonly redis: Redis,
    private readonly fallback: RateStore,
  ) {
    super();
    // A client that connects at its first command never would: what isn't ready is not asked.
    if (redis.status === 'wait') void redis.connect().catch(() => undefined);
  }

  async reserve(bucket: string, limit: RateLimit, patienceMs: number): Promise<Reservation> {
    try {
      const { points, seconds } = windowOf(limit);
      await this.limiter(points, seconds).consume(bucket);
      return { granted: true, waitMs: 0 };
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) return this.fallback.reserve(bucket, limit, patienceMs);
      return { granted: false, waitMs: Math.max(1, refusal.msBeforeNext) };
    }
  }

  async hold(bucket: string, ms: number): Promise<void> {
    const held = this.limiter(unreachable, 1).block(bucket, Math.ceil(ms / 1_000));
    await held.catch(() => this.fallback.hold(bucket, ms));
  }

  private limiter(points: number, seconds: number): RateLimiterRedis {
    const id = `${points}/${seconds}`;
    const known = this.limiters.get(id);
    if (known) return known;
    const made = new RateLimiterRedis({
      storeClient: this.redis,
      keyPrefix: 'signalbox-rate',
      points,
      duration: seconds,
      rejectIfRedisNotReady: true,
    });
    this.limiters.set(id, made);
    return made;
  }
}

/**
 * Fixed windows admit twice their share around a boundary. An interval that begins anywhere touches at most one window
 * more than it has, so each window gets that part of the limit, and no interval exceeds it.
 */
export function windowOf({ max, intervalMs }: RateLimit): { points: number; seconds: number } {
  const parts = Math.max(1, Math.min(10, max - 1));
  const seconds = Math.max(1, Math.ceil(intervalMs / parts / 1_000));
  const touched = Math.ceil(intervalMs / (seconds * 1_000)) + 1;
  return { points: Math.max(1, Math.floor(max / touched)), seconds };
}
