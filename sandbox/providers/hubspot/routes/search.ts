import type { FastifyInstance } from 'fastify';
import { asArray, asObject, asString, asStrings } from '../../../core/json.ts';
import { answer } from '../answers.ts';
import { badRequest } from '../errors.ts';
import type { KindFacts } from '../kinds.ts';
import type { Portal } from '../portal.ts';
import type { PropertyDefinition } from '../property-definitions.ts';
import { isoTime, presentRecord } from '../record.ts';
import type { CrmRecord } from '../record.ts';
import { needs } from '../scopes.ts';
import { compareValues, readFilterGroups } from '../search-filter.ts';
import type { Indexed } from '../search-index.ts';

const PAGE_MAX = 200;
const RESULT_CAP = 10_000;
const SORTS_MAX = 1;

export function searchRoute(
  app: FastifyInstance,
  { account, settings }: Portal,
  facts: KindFacts,
  path: string,
): void {
  const store = account.of(facts.kind);
  app.post(`${path}/search`, needs(facts.scopes.read), (request, reply) => {
    const body = asObject(request.body);
    const limit = readLimit(body['limit']);
    const after = readAfter(body['after']);
    if (after + limit > RESULT_CAP) throw badRequest(`A search reaches at most ${RESULT_CAP} results`);
    const matches = readFilterGroups(body['filterGroups'], store.definitions);
    const query = asString(body['query'])?.toLowerCase();
    const found: Indexed[] = [];
    for (const indexed of store.searchIndex.at(Date.now(), settings.indexLagMs)) {
      if (matches(indexed.values) && (!query || mentions(facts, indexed.values, query))) found.push(indexed);
    }
    found.sort(readOrder(body['sorts'], store.definitions));
    const page = found.slice(after, after + limit);
    const wanted = { properties: asStrings(body['properties']), propertiesWithHistory: [] };
    const results = page.map((indexed) =>
      presentRecord(asRecord(indexed, facts), wanted, facts, store.isKnown),
    );
    const end = after + page.length;
    const paging = end < found.length ? { paging: { next: { after: String(end) } } } : {};
    return answer(reply, 200, { total: found.length, results, ...paging });
  });
}

function readLimit(input: unknown): number {
  const limit = Number(input ?? 10);
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_MAX) {
    throw badRequest(`limit is a number from 1 to ${PAGE_MAX}`);
  }
  return limit;
}

function readAfter(input: unknown): number {
  const after = Number(input ?? 0);
  if (!Number.isInteger(after) || after < 0) throw badRequest('after is a number from 0');
  return after;
}

const mentions = ({ searched }: KindFacts, values: Indexed['values'], query: string): boolean =>
  searched.some((name) => values.get(name)?.toLowerCase().includes(query));

/** A search shows a record as it was indexed, not as it is now. */
function asRecord({ id, values }: Indexed, { created, modified }: KindFacts): CrmRecord {
  const createdAt = Date.parse(values.get(created) ?? isoTime(0));
  const updatedAt = Date.parse(values.get(modified) ?? isoTime(0));
  return { id, values, createdAt, updatedAt, history: new Map() };
}

type Order = (left: Indexed, right: Indexed) => number;

/** `-createdate`, `createdate` or `{propertyName, direction}`; oldest first when none is given. */
function readOrder(input: unknown, definitions: ReadonlyMap<string, PropertyDefinition>): Order {
  const sorts = asArray(input);
  if (sorts.length > SORTS_MAX) throw badRequest(`A search has at most ${SORTS_MAX} sort`);
  const orders = sorts.map((sort): Order => {
    const text = asString(sort);
    const spec = asObject(sort);
    const name = text?.replace(/^-/, '') ?? asString(spec['propertyName']) ?? '';
    const descending = text?.startsWith('-') ?? spec['direction'] === 'DESCENDING';
    const type = definitions.get(name)?.type;
    if (!type) throw badRequest(`There was a problem with the request: property ${name} does not exist`);
    const sign = descending ? -1 : 1;
    return (left, right) =>
      sign * compareValues(left.values.get(name) ?? '', right.values.get(name) ?? '', type);
  });
  const byId: Order = (left, right) => Number(left.id) - Number(right.id);
  return (left, right) => {
    for (const order of orders) {
      const decision = order(left, right);
      if (decision !== 0) return decision;
    }
    return byId(left, right);
  };
}
