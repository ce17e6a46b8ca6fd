import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addOpenMs,
  addWorkingDays,
  calendarProblems,
  isOpenAt,
  isWorkingDay,
  nextOpenInstant,
  openingsOn,
  openMsBetween,
  type Calendar,
} from './business-time.js';

const hour = 3_600_000;
const nine = [['09:00', '17:00']] as const;
const weekdays = { mon: nine, tue: nine, wed: nine, thu: nine, fri: nine };
const london: Calendar = {
  zone: 'Europe/London',
  hours: weekdays,
  holidays: [
    { day: '12-25', name: 'Christmas Day' },
    { day: '2026-12-28', name: 'Boxing Day (substitute)' },
  ],
};
const always = { mon: [['00:00', '24:00']] as const };
const nights = (zone: string): Calendar => ({
  zone,
  hours: Object.fromEntries(
    ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((weekday) => [
      weekday,
      [['00:00', '24:00']] as const,
    ]),
  ),
  holidays: [],
});
const iso = (at: Date) => at.toISOString().replace(':00.000Z', 'Z');
const next = (calendar: Calendar, at: string) => iso(nextOpenInstant(calendar, new Date(at)));

describe('working days', () => {
  it('are neither weekends nor holidays, of this year or of every year', () => {
    const days = [
      '2026-12-24',
      '2026-12-25',
      '2026-12-26',
      '2026-12-27',
      '2026-12-28',
      '2026-12-29',
      '2028-12-25',
    ];
    expect(days.filter((day) => isWorkingDay(london, day))).toEqual(['2026-12-24', '2026-12-29']);
  });

  it.each([
    ['2026-12-24', 0, '2026-12-24'],
    ['2026-12-25', 0, '2026-12-29'],
    ['2026-12-24', 1, '2026-12-29'],
    ['2026-12-26', 1, '2026-12-29'],
    ['2026-11-20', 10, '2026-12-04'],
    ['2026-12-29', -1, '2026-12-24'],
    ['2026-12-27', -2, '2026-12-23'],
  ])('%s and %i is %s', (day, count, expected) => {
    expect(addWorkingDays(london, day, count)).toBe(expected);
  });
});

describe('the next working instant', () => {
  it.each([
    ['2026-11-20T08:59Z', '2026-11-20T09:00Z'],
    ['2026-11-20T09:00Z', '2026-11-20T09:00Z'],
    ['2026-11-20T16:59Z', '2026-11-20T16:59Z'],
    ['2026-11-20T17:00Z', '2026-11-23T09:00Z'],
    ['2026-12-24T17:30Z', '2026-12-29T09:00Z'],
    // The clocks have gone forward on Sunday: nine is an hour earlier.
    ['2026-03-27T18:00Z', '2026-03-30T08:00Z'],
    ['2026-10-23T18:00Z', '2026-10-26T09:00Z'],
  ])('after %s is %s', (at, expected) => {
    expect(next(london, at)).toBe(expected);
  });

  it.each([
    ['Pacific/Auckland', '2026-11-19T19:30Z', '2026-11-19T20:00Z'],
    ['America/Los_Angeles', '2026-11-20T01:00Z', '2026-11-20T17:00Z'],
    ['Asia/Kathmandu', '2026-11-20T00:00Z', '2026-11-20T03:15Z'],
  ])('is by the clock of %s', (zone, at, expected) => {
    expect(next({ ...london, zone }, at)).toBe(expected);
  });

  it('an opening in the hour that the clock skips begins where it jumps', () => {
    const early: Calendar = { ...london, zone: 'Europe/Berlin', hours: { sun: [['02:30', '06:00']] } };
    expect(next(early, '2026-03-29T00:00Z')).toBe('2026-03-29T01:00Z');
    const skipped: Calendar = { ...early, hours: { sun: [['02:10', '02:50']] } };
    expect(openingsOn(skipped, '2026-03-29')).toEqual([]);
    expect(next(skipped, '2026-03-29T00:00Z')).toBe('2026-04-05T00:10Z');
  });
});

describe('working time', () => {
  const between = (calendar: Calendar, from: string, to: string) =>
    openMsBetween(calendar, new Date(from), new Date(to)) / hour;

  it.each([
    ['2026-11-20T10:00Z', '2026-11-20T12:30Z', 2.5],
    ['2026-11-20T16:00Z', '2026-11-23T10:00Z', 2],
    ['2026-11-21T10:00Z', '2026-11-22T12:00Z', 0],
    ['2026-11-20T12:00Z', '2026-11-20T10:00Z', 0],
    ['2026-12-24T09:00Z', '2026-12-30T09:00Z', 16],
  ])('from %s to %s is %d hours', (from, to, hours) => {
    expect(between(london, from, to)).toBe(hours);
  });

  it('counts the hours that there are on a day whose clock is changed', () => {
    const berlin = nights('Europe/Berlin');
    expect(between(berlin, '2026-03-28T23:00Z', '2026-03-29T22:00Z')).toBe(23);
    expect(between(berlin, '2026-10-24T22:00Z', '2026-10-25T23:00Z')).toBe(25);
    const havana = { ...nights('America/Havana'), hours: { sun: always.mon } };
    expect(between(havana, '2026-10-31T00:00Z', '2026-11-03T00:00Z')).toBe(25);
  });

  it.each([
    ['2026-11-20T10:00Z', 2, '2026-11-20T12:00Z'],
    ['2026-11-20T16:00Z', 2, '2026-11-23T10:00Z'],
    ['2026-11-21T12:00Z', 0, '2026-11-23T09:00Z'],
    ['2026-11-20T09:00Z', 8, '2026-11-20T17:00Z'],
    ['2026-12-24T16:00Z', 9, '2026-12-29T17:00Z'],
  ])('%s and %d hours of it is %s', (from, hours, expected) => {
    expect(iso(addOpenMs(london, new Date(from), hours * hour))).toBe(expected);
  });

  it('adding and counting agree, in every zone and season', () => {
    const zones = fc.constantFrom(
      'Europe/London',
      'America/New_York',
      'Pacific/Auckland',
      'Australia/Lord_Howe',
    );
    const start = fc.date({ min: new Date('2025-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
    const split = {
      ...weekdays,
      sat: [
        ['01:30', '02:45'],
        ['03:00', '24:00'],
      ] as const,
      sun: [['00:00', '02:30']] as const,
    };
    fc.assert(
      fc.property(zones, start, fc.integer({ min: 0, max: 60 * hour }), (zone, from, ms) => {
        const calendar: Calendar = { zone, hours: split, holidays: london.holidays };
        const end = addOpenMs(calendar, from, ms);
        expect(openMsBetween(calendar, from, end)).toBe(ms);
        const open = nextOpenInstant(calendar, from);
        expect(isOpenAt(calendar, open)).toBe(true);
        expect(openMsBetween(calendar, from, open)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is no calendar', () => {
  it.each([
    [{ zone: 'Europe/Atlantis' }, ['Europe/Atlantis is no time zone']],
    [{ hours: {} }, ['no weekday has hours']],
    [{ hours: { mon: [['17:00', '09:00']] } }, ['the hours of mon overlap, or end before they begin']],
    [
      {
        hours: {
          mon: [
            ['09:00', '12:00'],
            ['11:00', '17:00'],
          ],
        },
      },
      ['the hours of mon overlap, or end before they begin'],
    ],
    [{ holidays: [{ day: '2027-02-29', name: 'x' }] }, ['2027-02-29 is no day']],
    [{ holidays: [{ day: '13-01', name: 'x' }] }, ['13-01 is no day']],
  ] as [Partial<Calendar>, string[]][])('%j', (part, problems) => {
    expect(calendarProblems({ ...london, ...part })).toEqual(problems);
  });

  it('a pause may be as short as nothing, and a leap day is a holiday', () => {
    const hours = {
      mon: [
        ['09:00', '12:00'],
        ['12:00', '24:00'],
      ],
    } as const;
    expect(calendarProblems({ ...london, hours, holidays: [{ day: '02-29', name: 'x' }] })).toEqual([]);
  });
});
