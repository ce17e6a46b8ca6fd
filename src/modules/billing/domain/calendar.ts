const formats = new Map<string, Intl.DateTimeFormat>();

/** Year, month, day, hour, minute and second of a clock on the wall there, as if they were UTC, in milliseconds. */
function wallMs(instant: Date, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    const fields = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit' } as const;
    const options = {
      ...fields,
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZone: zone,
    } as const;
    format = new Intl.DateTimeFormat('en-US', { ...options, calendar: 'gregory', numberingSystem: 'latn' });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(
    format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Whether a text names a time zone of the IANA database. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return /^[A-Za-z][\w+/-]{1,60}$/.test(zone);
  } catch {
    return false;
  }
}

/** The calendar date of an instant in a zone: `2026-11-20`. */
export function dateIn(zone: string, instant: Date): string {
  return new Date(wallMs(instant, zone)).toISOString().slice(0, 10);
}

const hourMs = 3_600_000;

/** The first instant of a calendar date in a zone; where midnight does not exist there, the first that does. */
export function startOfDay(day: string, zone: string): Date {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // Offsets are at most 14 hours; the one that holds just before and just after is tried.
  const candidates = [midnight - 15 * hourMs, midnight + 15 * hourMs].map((near) => {
    const at = new Date(near);
    return midnight - (wallMs(at, zone) - at.getTime());
  });
  const [earlier = midnight, later = midnight] = candidates.sort((a, b) => a - b);
  const fits = [earlier, later].find((ms) => dateIn(zone, new Date(ms)) === day && isFirst(ms, day, zone));
  return new Date(fits ?? later);
}

function isFirst(ms: number, day: string, zone: string): boolean {
  return dateIn(zone, new Date(ms - 1)) < day;
}
