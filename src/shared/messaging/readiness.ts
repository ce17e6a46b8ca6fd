import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { pendingMigrations } from '../database/data-source.js';
import { Database } from '../database/database.js';
import { databaseIndicator, Readiness } from '../observability/readiness.js';
import { RelayJobs } from './relay-queue.js';

/** A delivery that is due and older than this says that nobody relays. */
const lagLimitSeconds = 60;

/** What the delivery path needs to be ready: database, queue, migrations, and a relay that keeps up. */
@Injectable()
export class MessagingReadiness implements OnModuleInit {
  private migrated = false;

  constructor(
    private readonly readiness: Readiness,
    private readonly database: Database,
    private readonly dataSource: DataSource,
    private readonly jobs: RelayJobs,
  ) {}

  onModuleInit(): void {
    this.readiness.register(databaseIndicator(this.database));
    this.readiness.register({ name: 'queue', check: () => this.queue() });
    this.readiness.register({ name: 'migrations', check: () => this.migrations() });
    this.readiness.register({ name: 'relay-lag', check: () => this.relayLag() });
  }

  /** Reported, not required: without the queue the poll relays, and events are accepted and worked on all the same. */
  private async queue(): Promise<{ ok: boolean; detail: string }> {
    const answers = await this.jobs.ping().then(
      () => true,
      () => false,
    );
    return { ok: true, detail: answers ? 'answers' : 'away: the poll relays' };
  }

  /** Once seen complete they stay complete: a newer process only adds to them. */
  private async migrations(): Promise<{ ok: boolean; detail: string }> {
    this.migrated ||= !(await pendingMigrations(this.dataSource));
    return { ok: this.migrated, detail: this.migrated ? 'complete' : 'pending' };
  }

  private async relayLag(): Promise<{ ok: boolean; detail: string }> {
    const [row] = await this.database.query<{ seconds: number | null }>(
      `select extract(epoch from now() - min(due_at))::float8 as seconds from messaging.deliveries
       where state = 'pending' and due_at <= now()
         and flow not in (select name from messaging.pauses where kind = 'flow')
         and lane not in (select name from messaging.pauses where kind = 'connector')`,
    );
    const seconds = row?.seconds ?? 0;
    return { ok: seconds < lagLimitSeconds, detail: `${seconds.toFixed(1)} s` };
  }
}
