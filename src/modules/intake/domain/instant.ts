const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d{1,30})?([Zz]|[+-]\d\d:\d\d)$/;

/**
 * The instant that a text names (RFC 3339), in UTC and milliseconds: `2026-11-20T12:00:00.123Z`. Finer digits are cut,
 * for some senders count nanoseconds.
 * @returns undefined when it is no such text
 */
export function instantOf(text: unknown): string | undefined {
  const [, date, time, fraction = '', zone = ''] = rfc3339.exec(typeof text === 'string' ? text : '') ?? [];
  const at = Date.parse(`${date}T${time}${fraction.slice(0, 4)}${zone.toUpperCase()}`);
  const instant = Number.isNaN(at) ? '' : new Date(at).toISOString();
  // An offset may lead out of the years that have four digits.
  return /^\d{4}-/.test(instant) ? instant : undefined;
}
