import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf } from './instant.js';

describe('an instant', () => {
  it.each([
    ['2026-11-20T12:00:00Z', '2026-11-20T12:00:00.000Z'],
    ['2026-11-20T12:00:00.123456789Z', '2026-11-20T12:00:00.123Z'],
    ['2026-11-20t12:00:00.5z', '2026-11-20T12:00:00.500Z'],
    ['2026-11-20 12:00:00+05:30', '2026-11-20T06:30:00.000Z'],
    ['2028-02-29T23:59:59.9Z', '2028-02-29T23:59:59.900Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, instant) => expect(instantOf(text)?.toISOString()).toBe(instant));

  it.each([
    '2026-11-20',
    '2026-11-20T12:00:00',
    '2026-13-20T12:00:00Z',
    '2026-11-20T24:00:00Z',
    '2026-02-29T12:00:00Z',
    '2026-02-30T12:00:00Z',
    '2026-11-20T12:00:60Z',
    '0000-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    ' 2026-11-20T12:00:00Z',
    'Fri, 20 Nov 2026 12:00:00 GMT',
    1_795_000_000,
    ['2026-11-20T12:00:00Z'],
    null,
  ])('%j is none', (text) => expect(instantOf(text)).toBeUndefined());

  it('is read back as it was, whatever it is', () => {
    const date = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, (at) => {
        expect(instantOf(at.toISOString())).toEqual(at);
      }),
    );
  });
});
