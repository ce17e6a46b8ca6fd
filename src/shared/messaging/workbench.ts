import { createSecretKey } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { openJson, type DataKey } from '../crypto/field-cipher.js';
import { DataKeyMissing, KeyRing } from '../crypto/key-ring.js';
import { isDataError } from '../database/pg-errors.js';
import { Clock } from '../kernel/clock.js';
import { crashPoint } from '../kernel/crash-point.js';
import { newId } from '../kernel/ids.js';
import { Committer } from './committer.js';
import { DeliveryHandlers, nothing, type Contribution } from './delivery-handler.js';
import { judge, OutcomeRefused, recordOf, type Verdict } from './failure.js';
import type { Finished, FinishStatus } from './finished.js';
import type { Lease, LeasedRow } from './lease.js';
import { LeaseKeeper } from './lease-keeper.js';
import { payloadPlace } from './message-row.js';
import { LaneGates } from './lane-gates.js';

const giveBackMs = 2_000;
const emptyKey = createSecretKey(Buffer.alloc(32));

/** A leased delivery with what its handler prepared, or the error that stopped either. */
interface Job {
  readonly lease: Lease;
  readonly prepared?: unknown;
  readonly error?: unknown;
}

/**
 * Runs leased deliveries and hands their outcomes to the committer. Deliveries of one key run one after the other;
 * the first that does not end returns the rest. All others run side by side.
 */
@Injectable()
export class Workbench {
  private readonly logger = new Logger(Workbench.name);

  constructor(
    private readonly handlers: DeliveryHandlers,
    private readonly committer: Committer,
    private readonly keyRing: KeyRing,
    private readonly leases: LeaseKeeper,
    private readonly gates: LaneGates,
    private readonly clock: Clock,
  ) {}

  /** @param taken when the claim was sent (monotonic); @param onFinish called once for each row; never rejects */
  async process(rows: readonly LeasedRow[], taken: number, onFinish: () => void): Promise<void> {
    crashPoint('leased');
    try {
      const jobs = await this.prepare(rows, taken);
      const chains = new Map<string, Job[]>();
      for (const job of jobs) {
        const chain = job.lease.row.order_key?.toString('hex') ?? job.lease.row.id;
        chains.set(chain, [...(chains.get(chain) ?? []), job]);
      }
      await Promise.all([...chains.values()].map((chain) => this.runChain(chain, onFinish)));
    } catch (error) {
      this.logger.error({ err: error }, 'a lease could not be worked on; it is given back');
      await this.giveBack(rows);
      for (const { id } of rows) {
        this.leases.forget(id);
        onFinish();
      }
    }
  }

  /** Whatever could not even be prepared goes back, after a while and without an attempt. Never rejects. */
  private async giveBack(rows: readonly LeasedRow[]): Promise<void> {
    const at = this.clock.now();
    const outcomes = rows.map((row): Finished => {
      const lease = {
        row,
        data: {},
        key: noKey(row),
        signal: new AbortController().signal,
        deadline: () => 0,
      };
      const base = {
        lease,
        attemptId: newId(),
        startedAt: at,
        finishedAt: at,
        releasesKey: row.order_key !== null,
      };
      return { ...base, status: 'returned', dueInMs: giveBackMs, error: null, contribution: nothing };
    });
    await Promise.allSettled(outcomes.map((outcome) => this.committer.finish(outcome)));
  }

  private async prepare(rows: readonly LeasedRow[], taken: number): Promise<Job[]> {
    const keys = await this.keyRing.load(rows.map(({ key_id }) => key_id));
    const jobs: Job[] = rows.map((row) => {
      const held = this.leases.hold(row.id, taken);
      const key = keys.get(row.key_id);
      const lease = { row, data: {}, key: key ?? noKey(row), ...held };
      if (!key) return { lease, error: DataKeyMissing() };
      try {
        const data = openJson(key, payloadPlace(row.message_id), row.payload) as Record<string, unknown>;
        return { lease: { ...lease, data } };
      } catch (error) {
        return { lease, error };
      }
    });
    return this.prepareHandlers(jobs);
  }

  private async prepareHandlers(jobs: readonly Job[]): Promise<Job[]> {
    const prepared = new Map<string, unknown>();
    const sound = jobs.filter(({ error }) => error === undefined).map(({ lease }) => lease);
    for (const name of new Set(sound.map(({ row }) => row.handler))) {
      const leases = sound.filter(({ row }) => row.handler === name);
      for (const [id, value] of await this.handlers.get(name).prepare(leases)) prepared.set(id, value);
    }
    return jobs.map((job) => ({ ...job, prepared: prepared.get(job.lease.row.id) }));
  }

  private async runChain(chain: readonly Job[], onFinish: () => void): Promise<void> {
    let stopped = false;
    for (const [index, job] of chain.entries()) {
      const last = index === chain.length - 1;
      const status = await this.runOne(job, stopped, last).catch((error: unknown) => {
        this.logger.error({ err: error, delivery: job.lease.row.id }, 'an outcome could not be committed');
        return 'returned' as const;
      });
      const holds = job.lease.row.hold && (status === 'dead' || status === 'uncertain');
      if (status === 'retry' || status === 'returned' || holds) stopped = true;
      this.leases.forget(job.lease.row.id);
      onFinish();
    }
  }

  private async runOne(job: Job, stopped: boolean, last: boolean): Promise<FinishStatus> {
    const { row } = job.lease;
    const startedAt = this.clock.now();
    const base = {
      lease: job.lease,
      attemptId: newId(),
      startedAt,
      releasesKey: last && row.order_key !== null,
    };
    const closedFor = this.gates.closedFor(row.lane);
    if (stopped || closedFor > 0 || this.leases.draining || job.lease.signal.aborted) {
      const dueInMs = stopped ? 0 : Math.ceil(closedFor);
      return this.finish({
        ...base,
        finishedAt: startedAt,
        status: 'returned',
        dueInMs,
        error: null,
        contribution: nothing,
      });
    }
    const ended = await this.attempt(job);
    return this.commit({ ...base, ...ended, finishedAt: this.clock.now() }, job);
  }

  private async attempt(job: Job): Promise<Pick<Finished, 'status' | 'dueInMs' | 'error' | 'contribution'>> {
    const { lease, prepared, error } = job;
    try {
      if (error !== undefined) throw error as Error;
      const contribution = await this.handlers.get(lease.row.handler).handle(lease, prepared);
      return { status: contribution.cancelled ? 'cancelled' : 'done', dueInMs: 0, error: null, contribution };
    } catch (thrown) {
      const verdict = judge(thrown, lease.row.attempts, lease.row.max_attempts);
      if (verdict.error.code === 'MESSAGING.UNEXPECTED') {
        this.logger.warn(
          { err: thrown, delivery: lease.row.id, type: lease.row.type },
          'a handler failed unexpectedly',
        );
      }
      return this.contributionOf(job, verdict);
    }
  }

  private contributionOf(
    { lease, prepared, error }: Job,
    verdict: Verdict,
  ): Pick<Finished, 'status' | 'dueInMs' | 'error' | 'contribution'> {
    const dueInMs = 'dueInMs' in verdict ? verdict.dueInMs : 0;
    if (verdict.status === 'returned')
      return { status: 'returned', dueInMs, error: null, contribution: nothing };
    const answer = (): Contribution & { answered?: boolean } =>
      error === undefined ? this.handlers.get(lease.row.handler).failed(lease, prepared, verdict) : nothing;
    try {
      const contribution = answer();
      return {
        status: contribution.answered ? 'done' : verdict.status,
        dueInMs,
        error: verdict.error,
        contribution,
      };
    } catch (second) {
      return { status: 'dead', dueInMs: 0, error: recordOf(second), contribution: nothing };
    }
  }

  private async commit(finished: Finished, job: Job): Promise<FinishStatus> {
    try {
      return await this.finish(finished);
    } catch (error) {
      if (!isDataError(error)) throw error;
      // PostgreSQL refused what the outcome says: trying it again would end the same.
      const refusal = OutcomeRefused({ cause: error });
      const verdict: Verdict = { status: 'dead', error: recordOf(refusal), exhausted: false };
      return this.finish({ ...finished, ...this.contributionOf(job, verdict) });
    }
  }

  private async finish(finished: Finished): Promise<FinishStatus> {
    const { won } = await this.committer.finish(finished);
    if (!won)
      this.logger.warn({ delivery: finished.lease.row.id }, 'the lease was lost; its outcome is discarded');
    return finished.status;
  }
}

/** Stands for a key that was destroyed or not looked up: it opens nothing. */
function noKey(row: LeasedRow): DataKey {
  return { id: row.key_id, secret: emptyKey };
}
