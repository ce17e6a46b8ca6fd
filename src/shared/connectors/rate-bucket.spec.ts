import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { until } from '../../../test/support/until.js';
import { PostgresRateStore } from './postgres-rate-store.js';
import { paceOf, RateBucket, RateStore, type RateLimit, type Reservation } from './rate-bucket.js';
import { RedisRateStore, windowOf } from './redis-rate-store.js';

/** The most that any interval of this length holds. */
function peak(times: readonly number[], intervalMs: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Math.max(
    ...sorted.map((start) => sorted.filter((at) => at >= start && at < start + intervalMs).length),
  );
}

const anyLimit = fc.record({
  max: fc.integer({ min: 2, max: 500 }),
  intervalMs: fc.integer({ min: 1_000, max: 60_000 }),
});

describe('a limit as a pace', () => {
  it('no interval holds more than the limit, wherever it begins', () => {
    fc.assert(
      fc.property(anyLimit, ({ max, intervalMs }) => {
        const { burst, everyMs } = paceOf({ max, intervalMs });
        expect(burst).toBeGreaterThanOrEqual(1);
        expect(burst + Math.floor(intervalMs / everyMs)).toBeLessThanOrEqual(max);
      }),
    );
  });

  it('fixed windows hold it too', () => {
    fc.assert(
      fc.property(anyLimit, ({ max, intervalMs }) => {
        const { points, seconds } = windowOf({ max, intervalMs });
        const touched = Math.ceil(intervalMs / (seconds * 1_000)) + 1;
        expect(points * touched).toBeLessThanOrEqual(Math.max(max, touched));
      }),
    );
  });

  it('HubSpot’s hundred in ten seconds are nearly used up', () => {
    expect(paceOf({ max: 100, intervalMs: 10_000 })).toEqual({ burst: 9, everyMs: 10_000 / 86 });
    expect(windowOf({ max: 100, intervalMs: 10_000 })).toEqual({ points: 9, seconds: 1 });
  });
});

class Scripted extends RateStore {
  readonly limits: RateLimit[] = [];
  constructor(private readonly answers: Reservation[]) {
    super();
  }
  async reserve(_bucket: string, limit: RateLimit): Promise<Reservation> {
    this.limits.push(limit);
    return this.answers.shift() ?? { granted: true, waitMs: 0 };
  }
  async hold(): Promise<void> {}
}

describe('RateBucket', () => {
  const limit = { max: 100, intervalMs: 10_000 };

  it('asks again after the wait when it was refused within its patience', async () => {
    const store = new Scripted([{ granted: false, waitMs: 20 }]);
    await new RateBucket(store, 'b', limit).take();
    expect(store.limits).toHaveLength(2);
  });

  it('gives up with the time to wait when its patience does not reach', async () => {
    const bucket = new RateBucket(new Scripted([{ granted: false, waitMs: 60_000 }]), 'b', limit, 100);
    await expect(bucket.take()).rejects.toMatchObject({
      code: 'CONNECTORS.RATE_BUDGET_SPENT',
      kind: 'transient',
      retryAfterMs: 60_000,
    });
  });

  it('takes over what the provider states and ignores nonsense', async () => {
    const store = new Scripted([]);
    const bucket = new RateBucket(store, 'b', limit);
    bucket.learn({ max: 190, intervalMs: 10_000 });
    for (const max of [0, -1, Number.NaN, 1e9]) bucket.learn({ max, intervalMs: 10_000 });
    await bucket.take();
    expect(store.limits).toEqual([{ max: 190, intervalMs: 10_000 }]);
  });

  it('an aborted wait ends at once', async () => {
    const bucket = new RateBucket(new Scripted([{ granted: true, waitMs: 9_000 }]), 'b', limit);
    await expect(bucket.take(AbortSignal.abort())).rejects.toThrow('aborted');
  });
});

describe('PostgresRateStore', () => {
  let db: TestDatabase;
  let stores: PostgresRateStore[];

  beforeAll(async () => {
    db = await testDatabase();
  });
  beforeEach(async () => {
    await db.database.query(`delete from connectors.rate_buckets`);
    stores = [new PostgresRateStore(db.database), new PostgresRateStore(db.database)];
  });
  afterAll(() => db.close());

  it('a crowd from several processes never exceeds the limit, and gets all of it', async () => {
    const limit = { max: 100, intervalMs: 1_000 };
    const start = performance.now();
    const slots = await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        const { granted, waitMs } = await stores[index % 2]!.reserve('b', limit, 60_000);
        expect(granted).toBe(true);
        return performance.now() + waitMs;
      }),
    );
    expect(peak(slots, 1_000)).toBeLessThanOrEqual(100);
    expect(Math.max(...slots) - start).toBeLessThan(4_500);
  });

  it('costs one statement a call', async () => {
    const before = db.database.counts.statements;
    await stores[0]!.reserve('b', { max: 100, intervalMs: 10_000 }, 1_000);
    expect(db.database.counts.statements - before).toBe(1);
  });

  it('who would wait longer than their patience reserves nothing and learns how long it is', async () => {
    await stores[0]!.hold('b', 60_000);
    for (let call = 0; call < 2; call += 1) {
      const { granted, waitMs } = await stores[1]!.reserve('b', { max: 10, intervalMs: 1_000 }, 1_000);
      expect(granted).toBe(false);
      expect(waitMs).toBeGreaterThan(55_000);
      expect(waitMs).toBeLessThanOrEqual(60_000);
    }
  });

  it('buckets know nothing of each other', async () => {
    await stores[0]!.hold('b', 60_000);
    expect(await stores[0]!.reserve('other', { max: 10, intervalMs: 1_000 }, 0)).toEqual({
      granted: true,
      waitMs: 0,
    });
  });
});

function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasRedis())('RedisRateStore (with a redis-server on the path)', () => {
  let server: ChildProcess;
  let redis: Redis;
  let fallback: Scripted;

  beforeEach(async () => {
    fallback = new Scripted([]);
    const port = await freePort();
    server = spawn('redis-server', ['--port', String(port), '--save', ''], { stdio: 'ignore' });
    redis = new Redis(port, { maxRetriesPerRequest: null });
    redis.on('error', () => undefined);
    await until('Redis answers', () => redis.status === 'ready');
  });
  afterEach(() => {
    redis.disconnect();
    server.kill();
  });

  it('a crowd from several processes never exceeds the limit', async () => {
    const limit = { max: 60, intervalMs: 2_000 };
    const buckets = [1, 2].map(() => new RateBucket(new RedisRateStore(redis, fallback), 'b', limit, 20_000));
    const times = await Promise.all(
      Array.from({ length: 80 }, async (_, index) => {
        await buckets[index % 2]!.take();
        return performance.now();
      }),
    );
    expect(peak(times, 2_000)).toBeLessThanOrEqual(60);
    expect(fallback.limits).toEqual([]);
  });

  it('a held bucket refuses whatever the limit', async () => {
    const store = new RedisRateStore(redis, fallback);
    await store.hold('b', 30_000);
    for (const max of [10, 100_000]) {
      const { granted, waitMs } = await store.reserve('b', { max, intervalMs: 10_000 }, 0);
      expect(granted).toBe(false);
      expect(waitMs).toBeGreaterThan(25_000);
    }
  });

  it('a client that connects lazily is connected', async () => {
    const { port } = redis.options;
    const lazy = new Redis(port ?? 0, { lazyConnect: true });
    const store = new RedisRateStore(lazy, fallback);
    await until('Redis answers', () => lazy.status === 'ready');
    expect(await store.reserve('b', { max: 10, intervalMs: 10_000 }, 0)).toEqual({
      granted: true,
      waitMs: 0,
    });
    expect(fallback.limits).toEqual([]);
    lazy.disconnect();
  });

  it('while Redis is gone the fallback is asked', async () => {
    server.kill('SIGKILL');
    await until('the connection is lost', () => redis.status !== 'ready');
    const store = new RedisRateStore(redis, fallback);
    expect(await store.reserve('b', { max: 10, intervalMs: 10_000 }, 0)).toEqual({
      granted: true,
      waitMs: 0,
    });
    expect(fallback.limits).toHaveLength(1);
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
