import { Injectable, Logger } from '@nestjs/common';
import type { Database } from '../database/database.js';

export interface ReadinessResult {
  readonly ok: boolean;
  /** A word or a number for the operator; anyone may read it. */
  readonly detail: string;
}

/** One thing without which a process must get no traffic. */
export interface ReadinessIndicator {
  readonly name: string;
  /** An error counts as not ready; its text goes to the log alone. */
  check(): Promise<ReadinessResult>;
}

export interface ReadinessReport {
  readonly status: 'ready' | 'not-ready' | 'draining';
  readonly checks: Readonly<Record<string, ReadinessResult>>;
}

const checkTimeoutMs = 2_000;
const reuseMs = 1_000;

/** Whether this process should get traffic. Contexts register what they need; `main` says when it drains. */
@Injectable()
export class Readiness {
  private readonly logger = new Logger(Readiness.name);
  private readonly indicators = new Map<string, ReadinessIndicator>();
  private draining = false;
  private started = false;
  private last?: { readonly at: number; readonly report: Promise<ReadinessReport> };

  /** @throws Error when the name is taken */
  register(indicator: ReadinessIndicator): void {
    if (this.indicators.has(indicator.name))
      throw new Error(`two readiness indicators are named ${indicator.name}`);
    this.indicators.set(indicator.name, indicator);
  }

  /** Called once all parts of the process run. */
  markStarted(): void {
    this.started = true;
  }

  /** From now on not ready: the process was told to end. */
  drain(): void {
    this.draining = true;
  }

  get isDraining(): boolean {
    return this.draining;
  }

  get hasStarted(): boolean {
    return this.started;
  }

  /** All checks, each within two seconds. Probes that come within a second share one answer. */
  async report(): Promise<ReadinessReport> {
    if (this.draining) return { status: 'draining', checks: {} };
    const now = performance.now();
    if (!this.last || now - this.last.at > reuseMs) this.last = { at: now, report: this.checkAll() };
    return this.last.report;
  }

  private async checkAll(): Promise<ReadinessReport> {
    const results = await Promise.all(
      [...this.indicators.values()].map(async (one) => [one.name, await this.checkOne(one)] as const),
    );
    const status = results.every(([, { ok }]) => ok) ? 'ready' : 'not-ready';
    return { status, checks: Object.fromEntries(results) };
  }

  private async checkOne(indicator: ReadinessIndicator): Promise<ReadinessResult> {
    const { promise: late, resolve } = Promise.withResolvers<ReadinessResult>();
    const timer = setTimeout(
      () => resolve({ ok: false, detail: `no answer in ${checkTimeoutMs} ms` }),
      checkTimeoutMs,
    );
    try {
      return await Promise.race([indicator.check(), late]);
    } catch (error) {
      this.logger.warn({ err: error, indicator: indicator.name }, 'a readiness check failed');
      return { ok: false, detail: 'failed' };
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Ready while PostgreSQL answers. */
export function databaseIndicator(database: Database): ReadinessIndicator {
  return {
    name: 'database',
    check: async () => {
      await database.query('select 1');
      return { ok: true, detail: 'answers' };
    },
  };
}
