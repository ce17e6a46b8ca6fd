import { createHash } from 'node:crypto';
import { PayloadRefused } from '../intake.errors.js';
import type { Update } from './channel.js';

/** An object of JSON from outside, whose members may be anything. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value when it is an object; nothing for arrays, null and all else. */
export function objectOf(value: unknown): JsonObject | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as JsonObject;
}

/**
 * A provider's id as text: at most 64 letters, digits and `_ . : -`. Of numbers only whole ones that JSON.parse keeps
 * exactly (below 2^53): another one would name another object.
 */
export function idOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
  return typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value) ? value : undefined;
}

/**
 * A text of one line, cut to `max` characters. Control characters and halves of surrogate pairs, which PostgreSQL keeps
 * in no text, are replaced. Nothing for what is no text, or empty.
 */
export function lineOf(value: unknown, max: number): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return value
    .slice(0, max)
    .toWellFormed()
    .replace(/\p{Cc}/gu, '\u{fffd}');
}

const rfc3339 = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** The instant of a time in the grammar of RFC 3339, zone included; nothing for any other spelling or no such day. */
export function instantOf(value: unknown): Date | undefined {
  const day = typeof value === 'string' ? rfc3339.exec(value)?.[1] : undefined;
  if (day === undefined) return undefined;
  const [instant, midnight] = [new Date(value as string), new Date(`${day}T00:00:00Z`)];
  // Date takes the 31st of a short month for a day of the next one.
  const isOfCalendar = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
  return isOfCalendar && !Number.isNaN(instant.getTime()) ? instant : undefined;
}

/**
 * Keeps a part of a genuine request that cannot be read for the operator, while the rest is taken.
 * @param part without what differs between the sender's retries; only a hash of it is kept in the key
 * @param message which rule it breaks; no values of it
 */
export function unreadable(part: unknown, message: string): Update {
  const hash = createHash('sha256')
    .update(JSON.stringify(part) ?? '')
    .digest('hex');
  return { key: `unreadable:${hash}`, rejected: PayloadRefused({ message }) };
}
