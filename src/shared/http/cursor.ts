import { z } from 'zod';
import { CursorInvalid } from './http.errors.js';

const maxLength = 1_024;

/**
 * A position in a listing, opaque to callers: base64url of JSON. It isn't signed: it selects among what its caller may
 * list anyway, its form is checked, and its values only ever become parameters of a statement.
 */
export function encodeCursor(position: Record<string, string | number | null>): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws HTTP.CURSOR_INVALID when it is not of the form that this listing gives out */
export function decodeCursor<T>(cursor: string | undefined, form: z.ZodType<T>): T | undefined {
  if (cursor === undefined) return undefined;
  if (cursor.length > maxLength || !/^[\w-]+$/.test(cursor)) throw CursorInvalid();
  const parsed = form.safeParse(parseOrUndefined(Buffer.from(cursor, 'base64url').toString()));
  if (!parsed.success) throw CursorInvalid();
  return parsed.data;
}

/** Most listings: sorted by a time and an id. */
export const timeAndId = z.strictObject({ at: z.iso.datetime(), id: z.string().min(1).max(200) });
/** Listings sorted by an id that carries the time (UUIDv7). */
export const uuidOnly = z.strictObject({ id: z.uuid() });

export interface Page<T> {
  readonly items: T[];
  /** Give it back as `cursor` for what follows; null: nothing does. */
  readonly nextCursor: string | null;
}

/**
 * The page of rows of which one more than `limit` was asked for: the surplus one only tells that there is more.
 * @param positionOf where the listing goes on after a row
 */
export function pageOf<T>(
  rows: readonly T[],
  limit: number,
  positionOf: (row: T) => Record<string, string | number | null>,
): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(positionOf(last)) : null;
  return { items, nextCursor };
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
