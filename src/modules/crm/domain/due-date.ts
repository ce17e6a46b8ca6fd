import { addWorkingDays, type Calendar } from '../../../shared/calendar/business-time.js';
import { addDays, dateIn, instantAt } from '../../../shared/calendar/zones.js';
import type { Due } from './qualification-policy.js';

/** The moment at which something is due: an hour of a day in the calendar's zone, whatever the clocks do meanwhile. */
export function dueAt(
  now: Date,
  due: Due,
  { calendar, dueHour }: { calendar: Calendar; dueHour: number },
): Date {
  const today = dateIn(calendar.zone, now);
  const day = 'days' in due ? addDays(today, due.days) : addWorkingDays(calendar, today, due.workingDays);
  return instantAt(day, `${String(dueHour).padStart(2, '0')}:00`, calendar.zone, 'begins');
}
