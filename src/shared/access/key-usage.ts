import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { ApiKeys } from './api-keys.js';

const flushEveryMs = 60_000;

/** Notes the last use of keys without a write per request: at most one statement a minute. */
@Injectable()
export class KeyUsage implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(KeyUsage.name);
  private uses = new Map<string, Date>();
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly keys: ApiKeys,
    private readonly clock: Clock,
  ) {}

  note(id: string): void {
    this.uses.set(id, this.clock.now());
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), flushEveryMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  /** Writes what was noted. What can't be written is forgotten: it is worth a warning, not a failure. */
  async flush(): Promise<void> {
    if (this.uses.size === 0) return;
    const uses = [...this.uses].map(([id, at]) => ({ id, at }));
    this.uses = new Map();
    try {
      await this.keys.noteUse(uses);
    } catch (error) {
      this.logger.warn({ err: error }, 'the last use of API keys could not be noted');
    }
  }
}
