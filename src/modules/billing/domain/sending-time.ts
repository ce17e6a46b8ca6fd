import { nextOpenInstant, type Calendar, type OpenHours } from '../../../shared/calendar/business-time.js';
import { weekdays } from '../../../shared/calendar/zones.js';
import type { DuesInput } from './dues.js';
import type { DunningPolicy } from './dunning-policy.js';

/** When a customer may be written to: outside of the quiet hours by their own clock, on the working days that are named. */
export function sendingTimeOf(
  { quietHours, zones }: DunningPolicy,
  { country, issuerZone, calendar }: Pick<DuesInput, 'country' | 'issuerZone' | 'calendar'>,
): Calendar {
  const known = country !== undefined && Object.hasOwn(zones.ofCountry, country);
  const elsewhere = zones.default === 'calendar' ? calendar.zone : issuerZone;
  const zone = known ? zones.ofCountry[country]! : elsewhere;
  const hours = outside(quietHours.from, quietHours.until);
  const isEveryDay = quietHours.workingDaysOf === null;
  const days = weekdays.filter((weekday) => isEveryDay || (calendar.hours[weekday] ?? []).length > 0);
  return {
    zone,
    hours: Object.fromEntries(days.map((weekday) => [weekday, hours])),
    holidays: isEveryDay ? [] : calendar.holidays,
  };
}

/** The rest of a day: quiet hours that are as long as nothing are none. */
function outside(from: string, until: string): OpenHours[] {
  if (from === until) return [['00:00', '24:00']];
  if (from > until) return [[until, from]];
  const before: OpenHours[] = from === '00:00' ? [] : [['00:00', from]];
  return [...before, [until, '24:00']];
}

/**
 * The first instant from `at` on at which one more message is within the cap.
 * @param messages when messages were sent
 */
export function withinCap(
  { messages: most, days }: DunningPolicy['cap'],
  messages: readonly Date[],
  at: Date,
): Date {
  const windowMs = days * 86_400_000;
  const recent = messages
    .map((sent) => sent.getTime())
    .filter((sent) => sent > at.getTime() - windowMs)
    .toSorted((a, b) => a - b);
  const leaves = recent.at(-most);
  return leaves === undefined ? at : new Date(leaves + windowMs);
}

/** The first instant from `at` on that is neither quiet nor beyond the cap. */
export function nextSending(
  sending: Calendar,
  cap: DunningPolicy['cap'],
  messages: readonly Date[],
  at: Date,
): Date {
  return nextOpenInstant(sending, withinCap(cap, messages, nextOpenInstant(sending, at)));
}
