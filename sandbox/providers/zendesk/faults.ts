import type { Fault } from '../../core/faults.ts';
import { forbidden, tooMany, unauthenticated } from './errors.ts';
import type { ZendeskError } from './errors.ts';

const LONGER_THAN_ANY_CALLER_WAITS = 120_000;

const answerOf = (make: () => ZendeskError) => (): Fault => {
  const { status, body, headers } = make();
  return { status, body, headers };
};

export const zendeskFaultKinds: Record<string, () => Fault> = {
  '401': answerOf(unauthenticated),
  '403': answerOf(() => forbidden('You do not have access to this page.')),
  '429': answerOf(() => tooMany(700, 17)),
  // Sometimes Zendesk answers text.
  '422-text': () => ({
    status: 422,
    body: 'Unprocessable',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  }),
  '500': () => ({ status: 500, body: { error: 'InternalError' } }),
  '502-html': () => ({ html: true }),
  '503': () => ({ status: 503, body: '', headers: { 'retry-after': '5' } }),
  'invalid-client': () => ({ status: 401, body: { error: 'invalid_client' } }),
  'reset-before': () => ({ reset: 'before' }),
  'reset-after': () => ({ reset: 'after' }),
  timeout: () => ({ holdMs: LONGER_THAN_ANY_CALLER_WAITS }),
};
