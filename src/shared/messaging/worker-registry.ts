import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../database/database.js';
import { WorkerIdentity } from './worker-identity.js';

/** A capability with the lane in which its deliveries wait. */
export interface Capability {
  readonly name: string;
  readonly lane: string;
  readonly flow: string;
}

const heartbeatMs = 5_000;
const controlMs = 1_000;

/**
 * What this process can run, announced by a heartbeat row, and what people have paused. A delivery that no live
 * process can run is parked and its capability is the alert.
 */
@Injectable()
export class WorkerRegistry {
  private readonly logger = new Logger(WorkerRegistry.name);
  private readonly capabilities = new Map<string, Capability>();
  private pausedFlows: ReadonlySet<string> = new Set();
  private pausedConnectors: ReadonlySet<string> = new Set();
  private timers: NodeJS.Timeout[] = [];
  private roles: readonly string[] = [];

  constructor(
    private readonly database: Database,
    private readonly worker: WorkerIdentity,
  ) {}

  /** Before `start`: what the handlers of this process can run. */
  add(capability: Capability): void {
    this.capabilities.set(capability.name, capability);
  }

  lanes(): readonly string[] {
    return [...new Set([...this.capabilities.values()].map(({ lane }) => lane))];
  }

  /** What may be claimed now in a lane (all lanes without one): known here, and neither flow nor connector paused. */
  runnable(lane?: string): readonly string[] {
    return [...this.capabilities.values()]
      .filter((c) => lane === undefined || c.lane === lane)
      .filter((c) => !this.pausedFlows.has(c.flow) && !this.pausedConnectors.has(c.lane))
      .map(({ name }) => name);
  }

  async start(roles: readonly string[]): Promise<void> {
    this.roles = roles;
    await this.beat();
    await this.refreshPauses();
    this.timers = [
      setInterval(() => void this.quietly(() => this.beat()), heartbeatMs),
      setInterval(() => void this.quietly(() => this.refreshPauses()), controlMs),
    ];
    for (const timer of this.timers) timer.unref();
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.database.query(`delete from messaging.workers where id = $1`, [this.worker.id]);
  }

  /** Reads what is paused. Called every second, and at once by who pauses in this process. */
  async refreshPauses(): Promise<void> {
    const rows = await this.database.query<{ kind: string; name: string }>(
      `select kind, name from messaging.pauses`,
    );
    this.pausedFlows = new Set(rows.filter(({ kind }) => kind === 'flow').map(({ name }) => name));
    this.pausedConnectors = new Set(rows.filter(({ kind }) => kind === 'connector').map(({ name }) => name));
  }

  /** Shows that this process lives. */
  async beat(): Promise<void> {
    await this.database.query(
      `insert into messaging.workers (id, name, roles, capabilities) values ($1, $2, $3, $4)
       on conflict (id) do update set seen_at = now(), capabilities = excluded.capabilities`,
      [this.worker.id, this.worker.name, [...this.roles], [...this.capabilities.keys()]],
    );
  }

  private async quietly(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) =>
      this.logger.warn({ err: error }, 'the worker registry could not be reached'),
    );
  }
}
