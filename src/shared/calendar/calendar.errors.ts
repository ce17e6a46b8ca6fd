import { defineError } from '../kernel/coded-error.js';

/** Transient, since a person puts it right: what waits meanwhile must not be dead. Details: `calendar`. */
export const CalendarUnknown = defineError(
  'CALENDAR.UNKNOWN',
  'transient',
  'The policy names a calendar that the policy calendars does not have.',
);
