import type { Fault } from '../../core/faults.ts';
import { offlinePage, refusal, validationBody } from './errors.ts';
import { limitHeaders } from './limits.ts';
import type { LimitProblem } from './limits.ts';

const LONGER_THAN_ANY_CALLER_WAITS = 120_000;
const html = { 'content-type': 'text/html; charset=utf-8' };

const limit = (problem: LimitProblem) => (): Fault => ({
  status: 429,
  body: '',
  headers: limitHeaders(problem, Date.now()),
});

export const xeroFaultKinds: Record<string, () => Fault> = {
  '429-minute': limit('minute'),
  '429-day': limit('day'),
  '429-concurrent': limit('concurrent'),
  '429-appminute': limit('appminute'),
  '400-validation': () => ({
    status: 400,
    body: validationBody([{ ValidationErrors: [{ Message: 'The document is locked.' }] }]),
  }),
  '401': () => ({ status: 401, body: refusal(401, 'TokenExpired: token expired') }),
  '403': () => ({ status: 403, body: refusal(403, 'AuthenticationUnsuccessful') }),
  '500': () => ({ status: 500, body: { Title: 'An error occurred', Status: 500 } }),
  '503-html': () => ({ status: 503, body: offlinePage, headers: html }),
  'invalid-grant': () => ({ status: 400, body: { error: 'invalid_grant' } }),
  'reset-before': () => ({ reset: 'before' }),
  'reset-after': () => ({ reset: 'after' }),
  timeout: () => ({ holdMs: LONGER_THAN_ANY_CALLER_WAITS }),
};
