import type { Contribution } from './delivery-handler.js';
import type { ErrorRecord } from './failure.js';
import type { Lease } from './lease.js';

/**
 * How an attempt ended. `done`, `dead`, `uncertain` and `cancelled` end the delivery; `retry` and `returned` put it
 * back, `returned` without counting an attempt.
 */
export type FinishStatus = 'done' | 'dead' | 'uncertain' | 'cancelled' | 'retry' | 'returned';

/** An attempt's outcome, on its way to the committer. */
export interface Finished {
  readonly lease: Lease;
  readonly attemptId: string;
  readonly status: FinishStatus;
  readonly dueInMs: number;
  readonly error: ErrorRecord | null;
  readonly contribution: Contribution;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** The last of its key in this lease: the key is given back with it. */
  readonly releasesKey: boolean;
}

export interface FinishResult {
  /** False: the fence had moved on, and the outcome was discarded as a whole. */
  readonly won: boolean;
}
