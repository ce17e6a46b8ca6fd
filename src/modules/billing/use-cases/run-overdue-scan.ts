import { randomUUID } from 'node:crypto';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Clock } from '../../../shared/kernel/clock.js';
import { ScanRows } from '../persistence/scan-rows.js';
import { OverdueScan, type ScannedSource } from './overdue-scan.js';

const name = 'overdue';
const everySeconds = 3_600;
const tickMs = 30_000;
const leaseSeconds = 120;

/** Whether this process has the role of the scheduler. */
export class ScanSettings {
  constructor(readonly scans: boolean) {}
}

/** Scans for overdue invoices every hour, in one process at a time; one that dies is taken over when its lease ends. */
@Injectable()
export class RunOverdueScan implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(RunOverdueScan.name);
  private readonly owner = randomUUID();
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly rows: ScanRows,
    private readonly scan: OverdueScan,
    private readonly clock: Clock,
    private readonly settings: ScanSettings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.rows.install(name, everySeconds);
    if (!this.settings.scans) return;
    this.timer = setInterval(() => {
      this.running ??= this.runIfDue().finally(() => (this.running = undefined));
    }, tickMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.running;
  }

  /** Runs the scan when it is due. Never rejects. */
  async runIfDue(): Promise<void> {
    try {
      const now = this.clock.now();
      if (!(await this.rows.claim(name, this.owner, now, leaseSeconds))) return;
      const sources = await this.scan.scan(now, {
        signal: this.stopping.signal,
        goOn: () => this.rows.renew(name, this.owner, leaseSeconds),
      });
      await this.finish(now, sources);
    } catch (error) {
      this.logger.warn({ err: error }, 'overdue invoices could not be looked for; it is tried again');
    }
  }

  private async finish(now: Date, sources: readonly ScannedSource[]): Promise<void> {
    const failed = sources.filter((one) => one.failure !== undefined);
    for (const { provider, failure } of failed)
      this.logger.warn({ provider, code: failure?.code }, 'overdue invoices could not all be read');
    for (const { provider, unreadable } of sources.filter((one) => one.unreadable > 0))
      this.logger.warn(
        { provider, unreadable },
        'some overdue invoices were left out: they could not be read',
      );
    await this.rows.finish(name, this.owner, { now, failed: failed.length > 0, result: { sources } });
  }
}
