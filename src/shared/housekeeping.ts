import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from './database/database.js';
import { IdempotencyStore } from './http/idempotency-store.js';

const everyMs = 3_600_000;

/** What has to be done now and then: partitions a week ahead, and stored answers that are past their time. */
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
    } catch (error) {
      this.logger.warn({ err: error }, 'housekeeping failed; the next hour tries again');
    }
  }
}
