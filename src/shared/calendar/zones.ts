import { Temporal } from 'temporal-polyfill';

/** Days and times of day in zones of the IANA database. A day is a calendar date: `2026-11-20`. */

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** Whether a text names a zone; an offset is none, since its days do not follow the seasons. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return /^[A-Za-z][\w+/-]{1,60}$/.test(zone);
  } catch {
    return false;
  }
}

/** Whether a text is a date that exists. */
export function isDay(text: string): boolean {
  try {
    return /^\d{4}-\d\d-\d\d$/.test(text) && Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

/** The calendar date of an instant in a zone. */
export function dateIn(zone: string, instant: Date): string {
  return there(zone, instant).toPlainDate().toString();
}

/** The first instant of a day in a zone; where midnight does not exist there, the first that does. */
export function startOfDay(day: string, zone: string): Date {
  return new Date(Temporal.PlainDate.from(day).toZonedDateTime(zone).startOfDay().epochMilliseconds);
}

/** The day so many days later; earlier with a negative number. */
export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** How many days `to` is after `from`. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(to, { largestUnit: 'day' }).days;
}

export function weekdayOf(day: string): Weekday {
  return weekdays[Temporal.PlainDate.from(day).dayOfWeek - 1]!;
}

/**
 * The instant at which what begins (or ends) at a time of day begins (or ends) on a day. A time that the clock skips is
 * where it jumps. A time that comes twice begins the second time and ends the first: in between it would be outside by
 * the clock on the wall. `00:00` and `24:00` are where days meet.
 */
export function instantAt(day: string, time: string, zone: string, edge: 'begins' | 'ends'): Date {
  if (time === '00:00') return startOfDay(day, zone);
  if (time === '24:00') return startOfDay(addDays(day, 1), zone);
  const wanted = Temporal.PlainDateTime.from(`${day}T${time}`);
  const disambiguation = edge === 'begins' ? 'later' : 'earlier';
  const found = wanted.toZonedDateTime(zone, { disambiguation });
  if (found.toPlainDateTime().equals(wanted)) return new Date(found.epochMilliseconds);
  const before = wanted.toZonedDateTime(zone, { disambiguation: 'earlier' });
  return new Date((before.getTimeZoneTransition('next') ?? found).epochMilliseconds);
}

function there(zone: string, instant: Date): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone);
}
