import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from './database/database.js';
import { IdempotencyStore } from './http/idempotency-store.js';

const everyMs = 3_600_000;

/** Rows that serve no more after a time; of any, at most so many at once. */
const purges = [
  // An event that no run has begun to wait for in a month concerns none; nor does one that a run heard then come again.
  { table: 'flow.kept_events', key: 'flow, key, message_id', at: 'at', after: '30 days' },
  { table: 'flow.heard_events', key: 'run_id, message_id', at: 'at', after: '30 days' },
];
const mostRows = 50_000;

/** What has to be done now and then: partitions a week ahead, and what is past its time. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(Housekeeping.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly answers: IdempotencyStore,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.database.query(`select storage.ensure_partitions('7 days')`);
    this.timer = setInterval(() => void this.run(), everyMs);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** One round. Never rejects: the next hour tries again. */
  async run(): Promise<void> {
    try {
      await this.database.query(`select storage.ensure_partitions('7 days')`);
      await this.answers.purge();
      for (const one of purges) await this.purge(one);
    } catch (error) {
      this.logger.warn({ err: error }, 'housekeeping failed; the next hour tries again');
    }
  }

  private async purge({ table, key, at, after }: (typeof purges)[number]): Promise<void> {
    await this.database.query(
      `delete from ${table} where (${key}) in (
         select ${key} from ${table} where ${at} < now() - $1::interval order by ${at} limit ${mostRows})`,
      [after],
    );
  }
}
