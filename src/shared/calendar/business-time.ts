import { addDays, dateIn, instantAt, isDay, isTimeZone, weekdayOf, weekdays, type Weekday } from './zones.js';

/** From and until: `['09:00', '17:30']`; `24:00` is the end of the day. */
export type OpenHours = readonly [from: string, until: string];

export interface Holiday {
  /** `2026-04-06`, or `12-25` for every year. */
  readonly day: string;
  readonly name: string;
}

/** When somebody works. */
export interface Calendar {
  /** IANA. */
  readonly zone: string;
  /** A weekday without hours is none of work. */
  readonly hours: Readonly<Partial<Record<Weekday, readonly OpenHours[]>>>;
  readonly holidays: readonly Holiday[];
}

/** A stretch of working time: from the first instant up to, but not including, the other. */
export interface Opening {
  readonly from: Date;
  readonly until: Date;
}

/** No calendar that `calendarProblems` lets pass is closed for as long. */
const mostDays = 4_000;

export function isWorkingDay(calendar: Calendar, day: string): boolean {
  const hours = calendar.hours[weekdayOf(day)] ?? [];
  return hours.length > 0 && !isHoliday(calendar, day);
}

export function isHoliday({ holidays }: Pick<Calendar, 'holidays'>, day: string): boolean {
  return holidays.some((holiday) => holiday.day === day || holiday.day === day.slice(5));
}

/**
 * The working day so many working days later, earlier with a negative number. With 0 it is the day itself, or the next
 * working day when it is none.
 */
export function addWorkingDays(calendar: Calendar, day: string, count: number): string {
  const step = count < 0 ? -1 : 1;
  let left = Math.abs(count);
  let at = day;
  for (let tried = 0; tried < mostDays + Math.abs(count) * 8; tried += 1) {
    const isWork = isWorkingDay(calendar, at);
    if (left === 0 && isWork) return at;
    at = addDays(at, step);
    if (left > 0 && isWorkingDay(calendar, at)) left -= 1;
  }
  throw neverOpen();
}

/** The working time of a day, in order; none when the clock skips it. */
export function openingsOn(calendar: Calendar, day: string): Opening[] {
  if (!isWorkingDay(calendar, day)) return [];
  const hours = calendar.hours[weekdayOf(day)] ?? [];
  return hours
    .map(([from, until]) => ({
      from: instantAt(day, from, calendar.zone, 'begins'),
      until: instantAt(day, until, calendar.zone, 'ends'),
    }))
    .filter(({ from, until }) => from < until);
}

export function isOpenAt(calendar: Calendar, at: Date): boolean {
  return openingsOn(calendar, dateIn(calendar.zone, at)).some(({ from, until }) => from <= at && at < until);
}

/** The instant itself when it is one of work, otherwise the next that is. */
export function nextOpenInstant(calendar: Calendar, at: Date): Date {
  for (const { from, until } of openingsFrom(calendar, at)) if (until > at) return from > at ? from : at;
  throw neverOpen();
}

/** Working time between two instants, in milliseconds; none when the second is not after the first. */
export function openMsBetween(calendar: Calendar, from: Date, to: Date): number {
  if (to <= from) return 0;
  const last = dateIn(calendar.zone, to);
  let sum = 0;
  for (let day = dateIn(calendar.zone, from); day <= last; day = addDays(day, 1)) {
    for (const opening of openingsOn(calendar, day)) {
      const [start, end] = [Math.max(+opening.from, +from), Math.min(+opening.until, +to)];
      sum += Math.max(0, end - start);
    }
  }
  return sum;
}

/** When so much working time (milliseconds) has passed since an instant: the earliest such instant. */
export function addOpenMs(calendar: Calendar, from: Date, ms: number): Date {
  let left = ms;
  for (const opening of openingsFrom(calendar, from)) {
    const start = Math.max(+opening.from, +from);
    const length = Math.max(0, +opening.until - start);
    if (length > 0 && left <= length) return new Date(start + left);
    left -= length;
  }
  throw neverOpen();
}

/** What keeps a calendar from being one, each in a sentence; none when it is one. */
export function calendarProblems({ zone, hours, holidays }: Calendar): string[] {
  const unsorted = weekdays.filter((weekday) => !areInOrder(hours[weekday] ?? []));
  const noDays = holidays.filter(({ day }) => !isDay(day.length === 5 ? `2024-${day}` : day));
  return [
    ...(isTimeZone(zone) ? [] : [`${zone} is no time zone`]),
    ...(weekdays.some((weekday) => (hours[weekday] ?? []).length > 0) ? [] : ['no weekday has hours']),
    ...unsorted.map((weekday) => `the hours of ${weekday} overlap, or end before they begin`),
    ...noDays.map(({ day }) => `${day} is no day`),
  ];
}

function areInOrder(hours: readonly OpenHours[]): boolean {
  const edges = hours.flat();
  return edges.every((edge, place) => {
    const before = edges[place - 1];
    // One may begin when the other ends; none may be empty.
    return before === undefined || (place % 2 === 0 ? before <= edge : before < edge);
  });
}

/** Those of the day of an instant and of all days after it, in order. */
function* openingsFrom(calendar: Calendar, at: Date): Generator<Opening> {
  let day = dateIn(calendar.zone, at);
  for (let tried = 0; tried < mostDays; tried += 1) {
    yield* openingsOn(calendar, day);
    day = addDays(day, 1);
  }
}

function neverOpen(): Error {
  return new Error(`the calendar has no working time in ${mostDays} days`);
}
