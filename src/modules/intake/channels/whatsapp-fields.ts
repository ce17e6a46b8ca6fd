/** As many characters as a text of an event may have. */
const longestText = 100_000;
/** Keys of updates add up to 60 characters to an id, and have 400 at the most. */
const longestId = 300;

/** The text in full characters, cut to the most that there may be; empty for anything else. */
export function fullText(value: unknown, most = longestText): string {
  if (typeof value !== 'string') return '';
  return value.slice(0, most).toWellFormed().replaceAll('\u0000', '');
}

/** An id of the provider: 1 to 300 visible ASCII characters, so that it can be part of keys as it is. */
export function idOf(value: unknown): string | undefined {
  const isId = typeof value === 'string' && value.length <= longestId && /^[\x21-\x7e]+$/.test(value);
  return isId ? value : undefined;
}

/** A phone number in E.164 with its plus, of the bare digits that WhatsApp gives. */
export function phoneOf(value: unknown): string | undefined {
  const digits = typeof value === 'string' ? /^\+?([1-9]\d{4,14})$/.exec(value)?.[1] : undefined;
  return digits === undefined ? undefined : `+${digits}`;
}

/** A time of unix seconds, which WhatsApp gives as a text. */
export function timeOf(value: unknown): Date | undefined {
  const isTime = (typeof value === 'string' || typeof value === 'number') && /^\d{1,11}$/.test(`${value}`);
  return isTime && Number(value) > 0 ? new Date(Number(value) * 1000) : undefined;
}
