import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { paceOf, RateStore, type RateLimit, type Reservation } from './rate-bucket.js';

/**
 * Buckets in `connectors.rate_buckets`, by the database's clock (the generic cell rate algorithm of ATM Forum TM 4.0).
 * A reservation that must wait is already made: one statement a call, first come, first served, over all processes.
 */
@Injectable()
export class PostgresRateStore extends RateStore {
  constructor(private readonly database: Database) {
    super();
  }

  async reserve(bucket: string, limit: RateLimit, patienceMs: number): Promise<Reservation> {
    const { burst, everyMs } = paceOf(limit);
    const slackMs = (burst - 1) * everyMs;
    const [row] = await this.database.query<{ ahead_ms: number }>(
      `insert into connectors.rate_buckets as b (name, free_at)
       values ($1, clock_timestamp() + $2::float8 * interval '1 ms')
       on conflict (name) do update
         set free_at = greatest(b.free_at, clock_timestamp()) + $2::float8 * interval '1 ms'
         where b.free_at <= clock_timestamp() + $3::float8 * interval '1 ms'
       returning (extract(epoch from free_at - clock_timestamp()) * 1000)::float8 as ahead_ms`,
      [bucket, everyMs, slackMs + patienceMs],
    );
    if (row) return { granted: true, waitMs: Math.max(0, row.ahead_ms - everyMs - slackMs) };
    return { granted: false, waitMs: Math.max(1, (await this.aheadMs(bucket)) - slackMs) };
  }

  async hold(bucket: string, ms: number): Promise<void> {
    await this.database.query(
      `insert into connectors.rate_buckets as b (name, free_at)
       values ($1, clock_timestamp() + $2::float8 * interval '1 ms')
       on conflict (name) do update set free_at = greatest(b.free_at, excluded.free_at)`,
      [bucket, ms],
    );
  }

  private async aheadMs(bucket: string): Promise<number> {
    const [row] = await this.database.query<{ ahead_ms: number }>(
      `select (extract(epoch from free_at - clock_timestamp()) * 1000)::float8 as ahead_ms
       from connectors.rate_buckets where name = $1`,
      [bucket],
    );
    return row?.ahead_ms ?? 0;
  }
}
