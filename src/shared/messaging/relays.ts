import { Injectable, Logger } from '@nestjs/common';
import { Claims } from './claim.js';
import { Committer } from './committer.js';
import { LaneGates } from './lane-gates.js';
import { slotsPerLane } from './lanes.js';
import { LaneRelay } from './lane-relay.js';
import { LeaseKeeper, LeaseSettings } from './lease-keeper.js';
import { Wakeups } from './wakeups.js';
import { Workbench } from './workbench.js';
import { WorkerIdentity } from './worker-identity.js';
import { WorkerRegistry } from './worker-registry.js';

const pollMs = 1_000;
const drainGraceMs = 25_000;

/** All lanes' relays of this process: woken by signals and Bull jobs, with a slow poll as the net. */
@Injectable()
export class Relays {
  private readonly logger = new Logger(Relays.name);
  private readonly relays = new Map<string, LaneRelay>();
  private poll: NodeJS.Timeout | undefined;
  private quarantine: Promise<void> | undefined;
  private stopped = true;

  constructor(
    private readonly claims: Claims,
    private readonly workbench: Workbench,
    private readonly gates: LaneGates,
    private readonly wakeups: Wakeups,
    private readonly leases: LeaseKeeper,
    private readonly committer: Committer,
    private readonly registry: WorkerRegistry,
    private readonly worker: WorkerIdentity,
    private readonly settings: LeaseSettings,
  ) {}

  /** Deliveries that are leased by this process and not finished. */
  get busy(): number {
    return [...this.relays.values()].reduce((sum, relay) => sum + relay.busy, 0);
  }

  /** Whether this process takes the lane's work by itself, so that no other need be woken for it. */
  hasRoom(lane: string): boolean {
    const relay = this.relays.get(lane);
    return !this.stopped && !this.quarantine && relay !== undefined && relay.busy < slotsPerLane / 2;
  }

  start(orderedLanes: ReadonlySet<string>): void {
    for (const lane of this.registry.lanes())
      this.relays.set(lane, this.relayFor(lane, orderedLanes.has(lane)));
    this.stopped = false;
    this.leases.start();
    this.wakeups.onSignal((lane) => void this.drain(lane));
    this.gates.onClose((lane) => this.reopenLater(lane));
    this.poll = setInterval(() => this.drainAll(), pollMs);
    this.poll.unref();
    this.drainAll();
  }

  /** Drains one lane: what a signal, a Bull job or a poll asks for. */
  async drain(lane: string): Promise<void> {
    if (!this.stopped && !this.quarantine) await this.relays.get(lane)?.drain();
  }

  /** No further leases; what runs may end within the grace, what has not started goes back. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.poll);
    this.leases.draining = true;
    await Promise.all([...this.relays.values()].map((relay) => relay.pause()));
    const until = performance.now() + drainGraceMs;
    while ((this.busy > 0 || this.committer.pending > 0) && performance.now() < until) await tick();
    this.leases.stop();
  }

  /**
   * Runs suspects (their worker died while it held them) one at a time, with nothing else in this process: if the
   * process dies again, the one that did it is known.
   */
  runSuspects(): Promise<void> {
    this.quarantine ??= this.isolate().finally(() => {
      this.quarantine = undefined;
      for (const relay of this.relays.values()) relay.resume();
      this.drainAll();
    });
    return this.quarantine;
  }

  private async isolate(): Promise<void> {
    try {
      await Promise.all([...this.relays.values()].map((relay) => relay.pause()));
      while (this.busy > 0) await tick();
      while (!this.stopped && (await this.runOneSuspect())) {
        // one after the other
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'suspects could not be run');
    }
  }

  private async runOneSuspect(): Promise<boolean> {
    const taken = performance.now();
    const row = await this.claims.suspect({
      owner: this.worker.id,
      leaseSeconds: this.settings.leaseSeconds,
      capabilities: this.registry.runnable(),
    });
    if (row) await this.workbench.process([row], taken, () => undefined);
    return row !== undefined;
  }

  private relayFor(lane: string, ordered: boolean): LaneRelay {
    return new LaneRelay(
      this.claims,
      this.workbench,
      this.gates,
      {
        lane,
        ordered,
        owner: this.worker.id,
        leaseSeconds: this.settings.leaseSeconds,
        capabilities: () => this.registry.runnable(lane),
      },
      (error) => this.logger.warn({ err: error, lane }, 'a lane could not be drained; the poll tries again'),
    );
  }

  private drainAll(): void {
    for (const lane of this.relays.keys()) void this.drain(lane);
  }

  private reopenLater(lane: string): void {
    setTimeout(() => void this.drain(lane), this.gates.closedFor(lane) + 1).unref();
  }
}

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
