import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  dateIn,
  daysBetween,
  instantAt,
  isDay,
  isTimeZone,
  startOfDay,
  weekdayOf,
} from './zones.js';

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

it.each([
  ['2026-11-20', true],
  ['2028-02-29', true],
  ['2027-02-29', false],
  ['2026-13-01', false],
  ['2026-11-20T00:00', false],
  ['26-11-20', false],
])('%s is a day: %s', (day, is) => {
  expect(isDay(day)).toBe(is);
});

it('counts days by the calendar, not by hours', () => {
  expect(addDays('2026-03-28', 2)).toBe('2026-03-30');
  expect(addDays('2027-01-01', -1)).toBe('2026-12-31');
  expect(daysBetween('2026-02-27', '2026-03-02')).toBe(3);
  expect(daysBetween('2026-03-02', '2026-02-27')).toBe(-3);
  expect([weekdayOf('2026-11-20'), weekdayOf('2026-11-22')]).toEqual(['fri', 'sun']);
});

describe('instantAt', () => {
  it.each([
    ['2026-11-20', '09:00', 'Europe/Berlin', '2026-11-20T08:00:00.000Z'],
    ['2026-07-20', '09:00', 'Europe/Berlin', '2026-07-20T07:00:00.000Z'],
    ['2026-07-20', '09:00', 'Australia/Lord_Howe', '2026-07-19T22:30:00.000Z'],
    ['2026-11-20', '24:00', 'America/New_York', '2026-11-21T05:00:00.000Z'],
    // The clock goes from 02:00 to 03:00 there.
    ['2026-03-29', '02:30', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['2026-03-29', '03:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['2026-10-04', '02:15', 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z'],
  ])('%s %s in %s is %s, whether it begins or ends', (day, time, zone, instant) => {
    expect(instantAt(day, time, zone, 'begins').toISOString()).toBe(instant);
    expect(instantAt(day, time, zone, 'ends').toISOString()).toBe(instant);
  });

  it('a time that comes twice begins the second time, and ends the first', () => {
    const at = (edge: 'begins' | 'ends') =>
      instantAt('2026-10-25', '02:30', 'Europe/Berlin', edge).toISOString();
    expect([at('ends'), at('begins')]).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z']);
    const west = (edge: 'begins' | 'ends') =>
      instantAt('2026-11-01', '01:30', 'America/New_York', edge).toISOString();
    expect([west('ends'), west('begins')]).toEqual(['2026-11-01T05:30:00.000Z', '2026-11-01T06:30:00.000Z']);
  });

  it('a day that begins twice begins once', () => {
    const at = (edge: 'begins' | 'ends') =>
      instantAt('2026-11-01', '00:00', 'America/Havana', edge).toISOString();
    expect([at('ends'), at('begins')]).toEqual(['2026-11-01T04:00:00.000Z', '2026-11-01T04:00:00.000Z']);
  });
});
