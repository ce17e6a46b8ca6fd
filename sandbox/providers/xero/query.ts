import type { FastifyRequest } from 'fastify';
import { asObject } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { queryError } from './errors.ts';

const PAGE_SIZE = 100;
const MOST_PAGE_SIZE = 1_000;

/** The query by lower-case names: `summarizeErrors` and `SummarizeErrors` are the same. */
export function queryOf(request: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(asObject(request.query)).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

/** `Statuses=AUTHORISED,PAID`; undefined where it is not asked for. */
export function listOf(text: string | undefined): string[] | undefined {
  return text === undefined || text === '' ? undefined : text.split(',').map((item) => item.trim());
}

/** A page and what is said of it. Without `page` everything comes at once, and without line items. */
export function pageOf<T>(
  found: T[],
  query: Record<string, string>,
): { records: T[]; isPaged: boolean; frame: JsonObject } {
  if (query['page'] === undefined) return { records: found, isPaged: false, frame: {} };
  const page = Number(query['page']);
  const pageSize = Number(query['pagesize'] ?? PAGE_SIZE);
  if (!Number.isInteger(page) || page < 1) throw queryError('page is a whole number from 1');
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > MOST_PAGE_SIZE)
    throw queryError(`pageSize is a whole number from 1 to ${MOST_PAGE_SIZE}`);
  const pagination = {
    page,
    pageSize,
    pageCount: Math.ceil(found.length / pageSize),
    itemCount: found.length,
  };
  return {
    records: found.slice((page - 1) * pageSize, page * pageSize),
    isPaged: true,
    frame: { pagination },
  };
}
