import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateIn, isTimeZone, startOfDay } from './calendar.js';

describe('startOfDay', () => {
  it.each([
    ['2026-11-20', 'Etc/UTC', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20', 'Europe/London', '2026-11-20T00:00:00.000Z'],
    ['2026-07-01', 'Europe/London', '2026-06-30T23:00:00.000Z'],
    ['2026-11-20', 'Pacific/Kiritimati', '2026-11-19T10:00:00.000Z'],
    ['2026-11-20', 'Etc/GMT+12', '2026-11-20T12:00:00.000Z'],
    ['2026-11-20', 'Asia/Kathmandu', '2026-11-19T18:15:00.000Z'],
    // The clock goes back from 00:00 to 23:00: that day begins once.
    ['2026-11-01', 'America/Havana', '2026-11-01T04:00:00.000Z'],
    // The clock goes from 00:00 to 01:00: there is no midnight.
    ['2026-03-08', 'America/Havana', '2026-03-08T05:00:00.000Z'],
    ['2026-09-06', 'America/Santiago', '2026-09-06T04:00:00.000Z'],
  ])('%s in %s begins at %s', (day, zone, instant) => {
    expect(startOfDay(day, zone).toISOString()).toBe(instant);
  });

  it('is the first instant of its day, in every zone and year', () => {
    const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    const days = fc
      .integer({ min: 0, max: 365 * 30 })
      .map((after) => Date.UTC(2020, 0, 1) + after * 86_400_000);
    fc.assert(
      fc.property(zones, days, (zone, ms) => {
        const day = new Date(ms).toISOString().slice(0, 10);
        const start = startOfDay(day, zone);
        expect(dateIn(zone, start)).toBe(day);
        expect(dateIn(zone, new Date(start.getTime() - 1)) < day).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

it.each([
  ['2026-11-20T10:59:59Z', 'Pacific/Auckland', '2026-11-20'],
  ['2026-11-20T11:00:00Z', 'Pacific/Auckland', '2026-11-21'],
  ['2026-11-20T04:59:59Z', 'America/New_York', '2026-11-19'],
  ['2026-12-31T23:30:00Z', 'Europe/Berlin', '2027-01-01'],
])('%s is, in %s, on %s', (instant, zone, day) => {
  expect(dateIn(zone, new Date(instant))).toBe(day);
});

it.each([
  ['Europe/London', true],
  ['Etc/GMT+12', true],
  ['UTC', true],
  ['Europe/Atlantis', false],
  ['+01:00', false],
  ['', false],
])('%s is a zone: %s', (zone, is) => {
  expect(isTimeZone(zone)).toBe(is);
});
