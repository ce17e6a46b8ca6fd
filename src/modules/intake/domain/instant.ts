const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt ]((?:[01]\d|2[0-3]):\d\d:\d\d)(\.\d{1,30})?([Zz]|[+-]\d\d:\d\d)$/;

/**
 * The instant that a text names (RFC 3339), to the millisecond: finer digits are cut, for some senders count
 * nanoseconds.
 * @returns undefined when it is no such text, names no day of the calendar, or leads out of the years of four digits
 */
export function instantOf(text: unknown): Date | undefined {
  const [, date, time, fraction = '', zone = ''] = rfc3339.exec(typeof text === 'string' ? text : '') ?? [];
  const midnight = new Date(`${date}T00:00:00Z`);
  // Date takes the 31st of a short month for a day of the next one.
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(`${date}`)) return undefined;
  const instant = new Date(`${date}T${time}${fraction.slice(0, 4)}${zone.toUpperCase()}`);
  if (Number.isNaN(instant.getTime())) return undefined;
  const year = instant.getUTCFullYear();
  return year >= 0 && year <= 9999 ? instant : undefined;
}
