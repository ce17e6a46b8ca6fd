import { Injectable, Logger } from '@nestjs/common';
import { appendAudit } from '../../../shared/audit/append-audit.js';
import { Database } from '../../../shared/database/database.js';
import { Clock } from '../../../shared/kernel/clock.js';

const flushMs = 60_000;

/**
 * Requests that were not genuine. Anyone can send those, so they write nothing each; once a minute one audit entry a
 * channel and reason says how many there were.
 */
@Injectable()
export class Refusals {
  private readonly logger = new Logger(Refusals.name);
  private counts = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  count(channel: string, code: string): void {
    const key = `${channel} ${code}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    this.timer ??= setTimeout(() => void this.flush(), flushMs).unref();
  }

  /** Writes what was counted; also at shutdown. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const counted = [...this.counts];
    this.counts = new Map();
    if (counted.length === 0) return;
    const entries = counted.map(([key, requests]) => {
      const [channel, code] = key.split(' ');
      return {
        actor: `channel:${channel}`,
        action: 'intake.requests-refused',
        outcome: 'refused' as const,
        details: { code, requests },
      };
    });
    try {
      await this.database.transaction((tx) => appendAudit(tx, entries, this.clock.now()));
    } catch (error) {
      this.logger.warn({ err: error, counted }, 'refused requests could not be audited');
    }
  }
}
