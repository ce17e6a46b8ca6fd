import { createHash } from 'node:crypto';
import { PayloadRefused } from '../intake.errors.js';
import type { Update } from './channel.js';

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

/**
 * Keeps a part of a genuine request that cannot be read for the operator, while the rest is taken.
 * @param part without what differs between the sender's retries; only a hash of it is kept in the key
 * @param message which rule it breaks; no values of it
 */
export function unreadable(part: unknown, message: string): Update {
  return { key: `unreadable:${digestOf(part)}`, rejected: PayloadRefused({ message }) };
}

/** Stands for what has no id: the same whenever the same is told. */
export function digestOf(value: unknown): string {
  return `sha256:${createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('hex')}`;
}
