import { CodedError, defineError } from '../kernel/coded-error.js';

export const UnexpectedFailure = defineError(
  'MESSAGING.UNEXPECTED',
  'transient',
  'A handler failed in a way that it does not declare.',
);
export const RetriesExhausted = defineError(
  'MESSAGING.RETRIES_EXHAUSTED',
  'permanent',
  'The delivery failed as often as its step allows.',
);
export const OutcomeRefused = defineError(
  'MESSAGING.OUTCOME_REFUSED',
  'permanent',
  'PostgreSQL refused to store what the step answered.',
);
export const WorkerDied = defineError(
  'MESSAGING.WORKER_DIED',
  'transient',
  'The worker died, or was ended, while it held this delivery; it is run again, alone.',
);
export const CrashedTwice = defineError(
  'MESSAGING.CRASHED_TWICE',
  'permanent',
  'Two workers died while they held this delivery.',
);

/** What an error looks like in attempts, dead letters and problems: no stack, no values, bounded. */
export interface ErrorRecord {
  code: string;
  kind: string;
  message: string;
  details: Record<string, unknown>;
}

/** What becomes of a delivery whose handler failed. */
export type Verdict =
  | { status: 'retry' | 'returned'; dueInMs: number; error: ErrorRecord }
  | { status: 'dead' | 'uncertain'; error: ErrorRecord; exhausted: boolean };

const baseMs = 2_000;
const capMs = 3_600_000;

/** Full jitter: anything between 0 and the exponential bound, so that a crowd does not come back together. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  return Math.floor(random() * Math.min(capMs, baseMs * 2 ** (attempt - 1)));
}

/** The record of any thrown value; what is not a CodedError is `transient` and its message is kept short. */
export function recordOf(error: unknown): ErrorRecord {
  const coded =
    error instanceof CodedError ? error : UnexpectedFailure({ message: describe(error), cause: error });
  return {
    code: coded.code,
    kind: coded.kind,
    message: coded.message.slice(0, 2_000),
    details: coded.details,
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : 'a value was thrown';
}

/**
 * The retry policy: `transient` is due again, as often as its step allows unless nothing was tried; `uncertain` waits
 * for a person; everything else is dead at once.
 */
export function judge(
  error: unknown,
  attempt: number,
  maxAttempts: number,
  random: () => number = Math.random,
): Verdict {
  const record = recordOf(error);
  if (record.kind === 'uncertain') return { status: 'uncertain', error: record, exhausted: false };
  if (record.kind !== 'transient') return { status: 'dead', error: record, exhausted: false };
  if (error instanceof CodedError && error.blameless) {
    return { status: 'returned', dueInMs: error.retryAfterMs ?? backoffMs(1, random), error: record };
  }
  if (attempt >= maxAttempts) return { status: 'dead', error: record, exhausted: true };
  const retryAfter = error instanceof CodedError ? error.retryAfterMs : undefined;
  const wait =
    retryAfter === undefined ? backoffMs(attempt, random) : retryAfter + Math.floor(random() * 1_000);
  return { status: 'retry', dueInMs: wait, error: record };
}
