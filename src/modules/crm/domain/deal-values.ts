import { addDays, dateIn, isDay } from '../../../shared/calendar/zones.js';

/** What the texts of a property mean. */
export type ValueKind = 'text' | 'number' | 'boolean' | 'day' | 'time' | 'choices';

/** A value as it is compared: days as `2026-12-24`, several choices as a list, null for none. */
export type Value = string | number | boolean | readonly string[] | null;

/** What a CRM's text means. A time is the day on which it is in the zone. One that cannot be read is none. */
export function valueOf(text: string | null | undefined, kind: ValueKind, zone: string): Value {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return null;
  switch (kind) {
    case 'text':
      return trimmed;
    case 'number':
      return Number.isFinite(Number(trimmed)) ? Number(trimmed) : null;
    case 'boolean':
      return { true: true, false: false }[trimmed.toLowerCase()] ?? null;
    case 'choices':
      return choicesIn(trimmed);
    case 'day':
      return /^\d{4}-\d{2}-\d{2}/.exec(trimmed)?.[0] ?? dayOf(trimmed, 'UTC');
    case 'time':
      return dayOf(trimmed, zone);
  }
}

/** Empty as a person sees it: a `false` and a 0 are answers. */
export function isEmpty(value: Value): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function choicesIn(text: string): readonly string[] {
  return text
    .split(';')
    .map((choice) => choice.trim())
    .filter((choice) => choice !== '');
}

/** Of a time of ISO 8601, or of milliseconds since 1970. */
function dayOf(text: string, zone: string): string | null {
  const at = /^-?\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(at) || Math.abs(at) > 8.64e15) return null;
  return dateIn(zone, new Date(at));
}

/** `2026-12-24`, `today`, `today+14` or `today-3`, as a day. @throws RangeError for what is none of these */
export function dayMeant(text: string, today: string): string {
  if (isDay(text)) return text;
  const [isRelative, shift = '0'] = /^today([+-]\d{1,4})?$/.exec(text) ?? [];
  if (isRelative === undefined) throw new RangeError(`${text} is no day`);
  return addDays(today, Number(shift));
}
