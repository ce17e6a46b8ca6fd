import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from './database/database.js';
import { IdempotencyStore } from './http/idempotency-store.js';
import { Purges, type RowPurge } from './purges.js';

const everyMs = 3_600_000;
/** Of one table at once. */
const mostRows = 50_000;

/** What has to be done now and then: partitions a week ahead, and what is past its time. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(Housekeeping.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly answers: IdempotencyStore,
    private readonly purges: Purges,
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
    await this.attempt('partitions', () => this.database.query(`select storage.ensure_partitions('7 days')`));
    await this.attempt('answers', () => this.answers.purge());
    for (const one of this.purges.rows) await this.attempt(one.table, () => this.purge(one));
    for (const parent of this.purges.partitions) {
      await this.attempt(parent, () => this.database.query(`select storage.drop_expired($1)`, [parent]));
    }
  }

  /** What fails keeps nothing else from being done. */
  private async attempt(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn({ err: error, what }, 'housekeeping failed; the next hour tries again');
    }
  }

  private async purge({ table, key, at, after }: RowPurge): Promise<void> {
    await this.database.query(
      `delete from ${table} where (${key}) in (
         select ${key} from ${table} where ${at} < now() - $1::interval order by ${at} limit ${mostRows})`,
      [after],
    );
  }
}
