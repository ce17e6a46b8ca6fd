import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Readiness } from '../../../shared/observability/readiness.js';
import { Draining, Overloaded } from '../intake.errors.js';
import { AcceptRequests } from './accept-requests.js';

/** More requests than this wait for a commit: what comes now would wait longer than its sender does. */
const mostWaiting = 5_000;
/** A commit that the oldest request waits for so long says that PostgreSQL does not keep up. */
const longestWaitMs = 2_000;
/** The event loop is late by this much on average: signatures, answers and renewals of leases are late as well. */
const longestLagMs = 500;
const windowMs = 1_000;

/**
 * Refuses what cannot be accepted in time, by what is measured: how many requests wait, how long the oldest of them
 * has, and how late the event loop is. A refusal costs nothing and tells the sender when to come again.
 */
@Injectable()
export class Pressure implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly delay = monitorEventLoopDelay({ resolution: 20 });
  private lagMs = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly accept: AcceptRequests,
    private readonly readiness: Readiness,
  ) {}

  onApplicationBootstrap(): void {
    this.delay.enable();
    this.timer = setInterval(() => this.measure(), windowMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.delay.disable();
  }

  /** What is measured now: requests that wait, how long the oldest has, and the mean lag of the event loop. */
  get state(): { waiting: number; oldestWaitMs: number; lagMs: number } {
    const { waiting, oldestWaitMs } = this.accept;
    return { waiting, oldestWaitMs: Math.round(oldestWaitMs), lagMs: Math.round(this.lagMs) };
  }

  /** @throws INTAKE.DRAINING, INTAKE.OVERLOADED */
  require(): void {
    if (this.readiness.isDraining) throw Draining({ retryAfterMs: 5_000 });
    const { waiting, oldestWaitMs } = this.accept;
    if (waiting > mostWaiting || oldestWaitMs > longestWaitMs || this.lagMs > longestLagMs) {
      throw Overloaded({ retryAfterMs: 5_000 });
    }
  }

  private measure(): void {
    const mean = this.delay.mean / 1e6;
    this.lagMs = Number.isNaN(mean) ? 0 : mean;
    this.delay.reset();
  }
}
