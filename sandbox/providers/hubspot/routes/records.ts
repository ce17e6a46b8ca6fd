import type { FastifyInstance, FastifyRequest } from 'fastify';
import { asObject, asString } from '../../../core/json.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { Account } from '../account.ts';
import { answer } from '../answers.ts';
import { nameBetween } from '../associations.ts';
import { badRequest, notFound } from '../errors.ts';
import { API_SOURCE } from '../events.ts';
import { kindNamed } from '../kinds.ts';
import type { KindFacts } from '../kinds.ts';
import { writing } from '../portal.ts';
import type { Portal } from '../portal.ts';
import { presentRecord, presentWritten } from '../record.ts';
import type { CrmRecord, Wanted } from '../record.ts';
import type { RecordStore } from '../record-store.ts';
import { RecordWrites } from '../record-writes.ts';
import { needs } from '../scopes.ts';

const PAGE_MAX = 100;
const PAGE_MAX_WITH_HISTORY = 50;

/** One object at a time, below `/crm/v3/objects/<name>`. */
export function recordRoutes(app: FastifyInstance, portal: Portal, facts: KindFacts, path: string): void {
  readRoutes(app, portal, facts, path);
  writeRoutes(app, portal, facts, path);
}

function readRoutes(app: FastifyInstance, { account }: Portal, facts: KindFacts, path: string): void {
  const store = account.of(facts.kind);
  const reading = needs(facts.scopes.read);

  app.get(path, reading, (request, reply) => {
    const query = asObject(request.query);
    const wanted = readWanted(query);
    const archived = query['archived'] === 'true';
    const limit = readLimit(query, wanted);
    const after = Number(query['after'] ?? 0);
    const page: JsonObject[] = [];
    for (const record of store.records.values()) {
      if (Number(record.id) <= after || (record.archivedAt !== undefined) !== archived) continue;
      if (page.length === limit) {
        const next = { after: String(page.at(-1)?.['id']) };
        return answer(reply, 200, { results: page, paging: { next } });
      }
      page.push(presentRecord(record, wanted, facts, store.isKnown));
    }
    return answer(reply, 200, { results: page });
  });

  app.get(`${path}/:recordId`, reading, (request, reply) => {
    const query = asObject(request.query);
    const archived = query['archived'] === 'true';
    const record = archived ? store.records.get(recordId(request)) : find(store, request);
    const found = mustFind(record && (record.archivedAt !== undefined) === archived ? record : undefined);
    return answer(reply, 200, {
      ...presentRecord(found, readWanted(query), facts, store.isKnown),
      ...presentAssociations(account, facts, found.id, namesIn(query['associations'])),
    });
  });
}

function writeRoutes(app: FastifyInstance, portal: Portal, facts: KindFacts, path: string): void {
  const store = portal.account.of(facts.kind);
  const context = writing(portal, facts.kind, API_SOURCE);
  const changing = needs(facts.scopes.write);

  app.post(path, changing, (request, reply) => {
    const { properties, associations } = asObject(request.body);
    const writes = new RecordWrites(context);
    const { id } = writes.planCreate(properties, associations);
    writes.commit();
    const named = Object.keys(asObject(properties));
    return answer(reply, 201, presentWritten(mustFind(store.live(id)), named, facts));
  });

  app.patch(`${path}/:recordId`, changing, (request, reply) => {
    const record = mustFind(find(store, request));
    const { properties } = asObject(request.body);
    const writes = new RecordWrites(context);
    writes.planChange(record, properties);
    writes.commit();
    return answer(reply, 200, presentWritten(record, Object.keys(asObject(properties)), facts));
  });

  app.delete(`${path}/:recordId`, changing, (request, reply) => {
    const id = recordId(request);
    const { kind } = facts;
    if (store.live(id)) {
      portal.commit({ type: 'record-archived', kind, id, at: Date.now(), by: API_SOURCE });
    }
    return reply.code(204).send();
  });
}

/** What `associations=contacts,deals` adds to an answer; kinds without any are left out. */
function presentAssociations(account: Account, from: KindFacts, id: string, names: string[]): JsonObject {
  const found = names.flatMap((name) => {
    const kind = kindNamed(name)?.kind;
    const links = kind ? account.associations.of({ kind: from.kind, id }, kind) : [];
    const results = links
      .filter(({ to }) => account.of(to.kind).live(to.id))
      .map(({ to }) => ({ id: to.id, type: nameBetween(from.kind, to.kind) }));
    return results.length > 0 ? [[kind, { results }] as const] : [];
  });
  return found.length > 0 ? { associations: Object.fromEntries(found) } : {};
}

function find(store: RecordStore, request: FastifyRequest): CrmRecord | undefined {
  const idProperty = asString(asObject(request.query)['idProperty']);
  const id = recordId(request);
  if (idProperty === undefined || idProperty === 'hs_object_id') return store.live(id);
  if (idProperty === 'email') return store.byUnique('email', id.trim().toLowerCase());
  if (store.definitions.get(idProperty)?.hasUniqueValue) return store.byUnique(idProperty, id);
  throw badRequest(`Property ${idProperty} is not unique`);
}

const recordId = (request: FastifyRequest): string => String(asObject(request.params)['recordId']);

function mustFind(record: CrmRecord | undefined): CrmRecord {
  if (!record) throw notFound();
  return record;
}

/** `properties=a,b` and `properties=a&properties=b` are the same. */
const namesIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value ?? '']).flatMap((part) => String(part).split(',')).filter(Boolean);

function readWanted(query: JsonObject): Wanted {
  return {
    properties: namesIn(query['properties']),
    propertiesWithHistory: namesIn(query['propertiesWithHistory']),
  };
}

function readLimit(query: JsonObject, wanted: Wanted): number {
  const limit = Number(query['limit'] ?? 10);
  const max = wanted.propertiesWithHistory.length > 0 ? PAGE_MAX_WITH_HISTORY : PAGE_MAX;
  if (!Number.isInteger(limit) || limit < 1 || limit > max)
    throw badRequest(`limit is a number from 1 to ${max}`);
  return limit;
}
