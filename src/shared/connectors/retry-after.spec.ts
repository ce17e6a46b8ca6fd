import { expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.js';

const date = 'Fri, 20 Nov 2026 12:00:00 GMT';

it.each([
  ['seconds', { 'retry-after': '30' }, 30_000],
  ['no time at all', { 'retry-after': '0' }, 0],
  ['more than an hour', { 'retry-after': '86400' }, 3_600_000],
  ['a date', { 'retry-after': 'Fri, 20 Nov 2026 12:01:00 GMT', date }, 60_000],
  ['a date that is past', { 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT', date }, 0],
  [
    'a date of a server that does not say what time it is',
    { 'retry-after': 'Fri, 20 Nov 2026 12:01:00 GMT' },
    undefined,
  ],
  ['nonsense', { 'retry-after': 'soon', date }, undefined],
  ['a negative number', { 'retry-after': '-5' }, undefined],
  ['nothing', {}, undefined],
] as const)('Retry-After with %s', (_, headers: Record<string, string>, expected) => {
  expect(retryAfterMs(headers)).toBe(expected);
});
