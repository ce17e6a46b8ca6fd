import { describe, expect, it } from 'vitest';
import { dayMeant, isEmpty, valueOf, type ValueKind } from './deal-values.js';
import { dueAt } from './due-date.js';

describe('what the text of a property means', () => {
  it.each<[string | null | undefined, ValueKind, unknown]>([
    [undefined, 'text', null],
    [null, 'number', null],
    [' \n', 'text', null],
    [' a ', 'text', 'a'],
    ['1500.50', 'number', 1500.5],
    ['1e400', 'number', null],
    ['12 EUR', 'number', null],
    ['0', 'number', 0],
    ['true', 'boolean', true],
    ['FALSE', 'boolean', false],
    ['maybe', 'boolean', null],
    ['a; b;;', 'choices', ['a', 'b']],
    ['2026-12-24', 'day', '2026-12-24'],
    ['1798070400000', 'day', '2026-12-24'],
    ['2026-12-24T23:30:00Z', 'time', '2026-12-25'],
    ['1798155000000', 'time', '2026-12-25'],
    ['soon', 'time', null],
    ['9'.repeat(15), 'time', expect.any(String)],
  ])('%j as %s is %j', (text, kind, value) => {
    expect(valueOf(text, kind, 'Europe/Berlin')).toEqual(value);
  });

  it('is empty where a person has entered nothing: 0 and no are answers', () => {
    expect([null, []].map(isEmpty)).toEqual([true, true]);
    expect([0, false, 'a', ['a']].map(isEmpty)).toEqual([false, false, false, false]);
  });

  it('a day may be meant from today', () => {
    expect(
      ['2026-12-24', 'today', 'today+14', 'today-1'].map((text) => dayMeant(text, '2026-12-30')),
    ).toEqual([...['2026-12-24', '2026-12-30', '2027-01-13', '2026-12-29']]);
    for (const text of ['today+', 'tomorrow', '2026-13-01', 'today+x']) {
      expect(() => dayMeant(text, '2026-12-30'), text).toThrow(RangeError);
    }
  });
});

describe('when a task is due', () => {
  const nine = [['09:00', '17:00']] as const;
  const hours = { mon: nine, tue: nine, wed: nine, thu: nine, fri: nine };
  const holidays = [{ day: '12-25', name: 'Christmas Day' }];
  const at = (now: string, due: Parameters<typeof dueAt>[1], zone = 'Etc/UTC') =>
    dueAt(new Date(now), due, { calendar: { zone, hours, holidays }, dueHour: 17 }).toISOString();

  it('counts days, or working days over a weekend, from the day in the zone', () => {
    expect(at('2026-11-20T23:30:00Z', { days: 0 })).toBe('2026-11-20T17:00:00.000Z');
    expect(at('2026-11-20T23:30:00Z', { days: 2 })).toBe('2026-11-22T17:00:00.000Z');
    expect(at('2026-11-20T10:00:00Z', { workingDays: 2 })).toBe('2026-11-24T17:00:00.000Z');
    expect(at('2026-11-22T23:30:00Z', { workingDays: 1 })).toBe('2026-11-23T17:00:00.000Z');
    expect(at('2026-11-22T23:30:00Z', { workingDays: 1 }, 'Europe/Berlin')).toBe('2026-11-24T16:00:00.000Z');
  });

  it('passes over holidays', () => {
    expect(at('2026-12-24T10:00:00Z', { workingDays: 1 })).toBe('2026-12-28T17:00:00.000Z');
  });

  it('stays the hour of the day when clocks change', () => {
    expect(at('2026-10-23T10:00:00Z', { days: 1 }, 'Europe/Berlin')).toBe('2026-10-24T15:00:00.000Z');
    expect(at('2026-10-23T10:00:00Z', { days: 2 }, 'Europe/Berlin')).toBe('2026-10-25T16:00:00.000Z');
  });
});
