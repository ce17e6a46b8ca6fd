import type { JsonObject } from '../../core/json.ts';
import { asString } from '../../core/json.ts';
import { invalidRequest, missing } from './errors.ts';
import { wholeOf } from './form.ts';

const MOST = 100;
const USUAL = 10;

/** A page after or before an object, in the order of `found`. */
export function pageOf<T extends { id: string }>(
  url: string,
  found: T[],
  query: JsonObject,
): { records: T[]; frame: JsonObject } {
  const limit = query['limit'] === undefined ? USUAL : (wholeOf(query['limit']) ?? 0);
  if (limit < 1 || limit > MOST)
    throw invalidRequest(`limit is a number from 1 to ${MOST}`, { param: 'limit' });
  const after = asString(query['starting_after']);
  const before = asString(query['ending_before']);
  if (before !== undefined) {
    const end = placeOf(found, before);
    const start = Math.max(0, end - limit);
    return { records: found.slice(start, end), frame: frameOf(url, start > 0) };
  }
  const start = after === undefined ? 0 : placeOf(found, after) + 1;
  return { records: found.slice(start, start + limit), frame: frameOf(url, found.length > start + limit) };
}

function placeOf(found: { id: string }[], id: string): number {
  const place = found.findIndex((one) => one.id === id);
  if (place < 0) throw missing('object', id);
  return place;
}

const frameOf = (url: string, hasMore: boolean): JsonObject => ({ object: 'list', url, has_more: hasMore });
