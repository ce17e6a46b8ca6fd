import type { ClaimRequest, Claims } from './claim.js';
import { slotsPerLane } from './lanes.js';
import type { LaneGates } from './lane-gates.js';
import type { LeasedRow } from './lease.js';
import type { Workbench } from './workbench.js';

export interface LaneRelayOptions {
  lane: string;
  owner: string;
  leaseSeconds: number;
  /** What this process can run in this lane and is not paused; read at each claim. */
  capabilities: () => readonly string[];
  /** Whether the lane has steps that ask for order. */
  ordered: boolean;
}

/**
 * Takes a lane's deliveries as slots become free, until it is empty. However many signals, jobs and polls ask for it,
 * a process drains a lane once at a time.
 */
export class LaneRelay {
  private inFlight = 0;
  private draining: Promise<void> | undefined;
  private askedAgain = false;
  private paused = false;
  private turn = 0;
  private slotFreed: (() => void) | undefined;

  constructor(
    private readonly claims: Claims,
    private readonly workbench: Workbench,
    private readonly gates: LaneGates,
    private readonly options: LaneRelayOptions,
    private readonly onError: (error: unknown) => void,
  ) {}

  get lane(): string {
    return this.options.lane;
  }

  /** Deliveries of this lane that are leased and not finished. */
  get busy(): number {
    return this.inFlight;
  }

  /** Drains the lane; resolves when a claim found nothing, or when draining must wait. Never rejects. */
  drain(): Promise<void> {
    this.askedAgain = true;
    this.draining ??= this.run().finally(() => (this.draining = undefined));
    return this.draining;
  }

  /** No further claims; those under way are finished. */
  async pause(): Promise<void> {
    this.paused = true;
    this.slotFreed?.();
    await this.draining;
  }

  resume(): void {
    this.paused = false;
  }

  private async run(): Promise<void> {
    try {
      while (this.askedAgain && !this.paused) {
        this.askedAgain = false;
        while (!this.paused && (await this.takeOnce())) {
          // takes until a claim finds nothing
        }
      }
    } catch (error) {
      this.onError(error);
    }
  }

  /** One round of claims. @returns whether there may be more */
  private async takeOnce(): Promise<boolean> {
    if (this.gates.closedFor(this.lane) > 0) return false;
    const free = slotsPerLane - this.inFlight;
    if (free <= 0) {
      await new Promise<void>((resolve) => (this.slotFreed = resolve));
      // One commit frees many slots: they are counted before the next claim.
      await new Promise((resolve) => setImmediate(resolve));
      return true;
    }
    const capabilities = this.inTurn();
    if (capabilities.length === 0) return false;
    const { lane, owner, leaseSeconds } = this.options;
    const request: ClaimRequest = { lane, owner, leaseSeconds, capabilities, limit: free };
    const taken = performance.now();
    const rows = this.options.ordered ? await this.claims.ordered(request) : [];
    if (rows.length < free)
      rows.push(...(await this.claims.unordered({ ...request, limit: free - rows.length })));
    if (rows.length === 0) return false;
    this.start(rows, taken);
    return true;
  }

  /** Rotates who is first, so that with few free slots each flow gets its turn. */
  private inTurn(): readonly string[] {
    const capabilities = this.options.capabilities();
    this.turn += 1;
    const first = capabilities.length > 0 ? this.turn % capabilities.length : 0;
    return [...capabilities.slice(first), ...capabilities.slice(0, first)];
  }

  private start(rows: readonly LeasedRow[], taken: number): void {
    this.inFlight += rows.length;
    const held = rows.some(({ order_key }) => order_key !== null);
    const done = this.workbench.process(rows, taken, () => {
      this.inFlight -= 1;
      this.slotFreed?.();
      this.slotFreed = undefined;
    });
    // Rows that came while their key was held had to be left: now they can be taken.
    if (held) void done.then(() => this.drain());
  }
}
