import type { Fault } from '../../core/faults.ts';
import { apiErrorBody, lockTimeout, rateLimit } from './errors.ts';

const LONGER_THAN_ANY_CALLER_WAITS = 120_000;

export const stripeFaultKinds: Record<string, () => Fault> = {
  '429-rate': () => ({
    status: 429,
    body: rateLimit(),
    headers: { 'stripe-rate-limited-reason': 'global-rate', 'stripe-should-retry': 'true' },
  }),
  '429-lock': () => ({ status: 429, body: lockTimeout(), headers: { 'stripe-should-retry': 'true' } }),
  '401': () => ({
    status: 401,
    body: { error: { type: 'invalid_request_error', message: 'Invalid API Key provided' } },
  }),
  '403': () => ({
    status: 403,
    body: {
      error: {
        type: 'invalid_request_error',
        message: 'The provided key does not have the required permissions',
      },
    },
  }),
  '500': () => ({ status: 500, body: apiErrorBody() }),
  '500-kept': () => ({ kept: true }),
  '502-html': () => ({ html: true }),
  'reset-before': () => ({ reset: 'before' }),
  'reset-after': () => ({ reset: 'after' }),
  timeout: () => ({ holdMs: LONGER_THAN_ANY_CALLER_WAITS }),
};
