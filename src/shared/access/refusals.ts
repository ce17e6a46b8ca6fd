import { Injectable, Logger } from '@nestjs/common';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { appendAudit } from '../audit/append-audit.js';
import type { AuditEntry } from '../audit/audit-entry.js';
import { Database } from '../database/database.js';
import { Clock } from '../kernel/clock.js';

/** A refused request, as far as it may be kept. */
export type Refusal = Omit<AuditEntry, 'outcome' | 'details'> & { readonly details: Record<string, unknown> };

const perMinute = 30;
const perMinuteInAll = 300;

/**
 * Audit entries of refused requests. They are bounded by actor and in all, so that a flood of requests can't become a
 * flood of rows; how many were left out is told by the next entry.
 */
@Injectable()
export class Refusals {
  private readonly logger = new Logger(Refusals.name);
  private readonly each = new RateLimiterMemory({ points: perMinute, duration: 60 });
  private readonly all = new RateLimiterMemory({ points: perMinuteInAll, duration: 60 });
  private leftOut = 0;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Never fails: a refusal stands whether or not its entry could be written. */
  async record(refusal: Refusal): Promise<void> {
    if (!(await this.hasRoom(refusal.actor))) {
      this.leftOut += 1;
      return;
    }
    const leftOut = this.leftOut;
    this.leftOut = 0;
    const details = { ...refusal.details, ...(leftOut > 0 && { leftOutBefore: leftOut }) };
    const entry: AuditEntry = { ...refusal, outcome: 'refused', details };
    try {
      await this.database.transaction((tx) => appendAudit(tx, [entry], this.clock.now()));
    } catch (error) {
      this.leftOut += leftOut + 1;
      this.logger.error({ err: error, action: refusal.action }, 'a refusal could not be audited');
    }
  }

  private async hasRoom(actor: string): Promise<boolean> {
    const mine = await this.each.penalty(actor);
    if (mine.consumedPoints > perMinute) return false;
    const everyone = await this.all.penalty('all');
    return everyone.consumedPoints <= perMinuteInAll;
  }
}
