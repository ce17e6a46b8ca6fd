import { Injectable, Logger } from '@nestjs/common';
import { Claims } from './claim.js';
import { WorkerIdentity } from './worker-identity.js';

export interface HeldLease {
  readonly signal: AbortSignal;
  /** Monotonic (performance.now) time after which nothing may be sent outside under this lease. */
  deadline(): number;
}

/** How this process takes part in the delivery path. */
export class LeaseSettings {
  constructor(
    /** How long a lease holds without renewal. */
    readonly leaseSeconds: number,
    readonly roles: readonly string[] = ['worker'],
  ) {}

  /** Whether this process leases deliveries. */
  get works(): boolean {
    return this.roles.includes('worker') || this.roles.includes('relay');
  }
}

/**
 * Keeps this process' leases alive: one statement for all at a third of their time. A lease that could not be renewed
 * aborts its handler; another process may have it already.
 */
@Injectable()
export class LeaseKeeper {
  private readonly logger = new Logger(LeaseKeeper.name);
  private readonly held = new Map<string, { abort: AbortController; since: number; deadline: number }>();
  private timer: NodeJS.Timeout | undefined;
  /** Set when the process stops: what has not started goes back. */
  draining = false;

  constructor(
    private readonly claims: Claims,
    private readonly worker: WorkerIdentity,
    private readonly settings: LeaseSettings,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.renew(), (this.settings.leaseSeconds * 1000) / 3);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  get count(): number {
    return this.held.size;
  }

  /** @param taken when the claim was sent (monotonic): the lease began no earlier */
  hold(deliveryId: string, taken: number): HeldLease {
    const lease = {
      abort: new AbortController(),
      since: performance.now(),
      deadline: taken + this.settings.leaseSeconds * 1000,
    };
    this.held.set(deliveryId, lease);
    return { signal: lease.abort.signal, deadline: () => lease.deadline };
  }

  /** @returns whether it was held */
  forget(deliveryId: string): boolean {
    return this.held.delete(deliveryId);
  }

  async renew(): Promise<void> {
    if (this.held.size === 0) return;
    const sent = performance.now();
    try {
      const alive = await this.claims.renew(this.worker.id, this.settings.leaseSeconds);
      for (const [id, lease] of this.held) {
        if (alive.has(id)) lease.deadline = sent + this.settings.leaseSeconds * 1000;
        else if (lease.since < sent) lease.abort.abort();
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'leases could not be renewed');
      for (const lease of this.held.values()) abortAtDeadline(lease);
    }
  }
}

/** Unless it is renewed until then: what the handler still waits to send must not leave after the lease. */
function abortAtDeadline(lease: { abort: AbortController; deadline: number }): void {
  const check = (): void => {
    if (lease.deadline <= performance.now()) lease.abort.abort();
  };
  setTimeout(check, Math.max(0, lease.deadline - performance.now())).unref();
}
