import type { Fault } from '../../core/faults.ts';
import { REFUSALS } from './answers.ts';

const LONGER_THAN_ANY_CALLER_WAITS = 120_000;

/** Slack's refusals by their name, and what happens on the way. */
export const slackFaultKinds: Record<string, () => Fault> = {
  ...Object.fromEntries(
    REFUSALS.map((error) => [error, () => ({ status: 200, body: { ok: false, error } })]),
  ),
  '429': () => ({ status: 429, body: { ok: false, error: 'ratelimited' }, headers: { 'retry-after': '30' } }),
  '500': () => ({ status: 500, body: '' }),
  '502-html': () => ({ html: true }),
  '503': () => ({ status: 503, body: '', headers: { 'retry-after': '5' } }),
  'reset-before': () => ({ reset: 'before' }),
  'reset-after': () => ({ reset: 'after' }),
  timeout: () => ({ holdMs: LONGER_THAN_ANY_CALLER_WAITS }),
};
