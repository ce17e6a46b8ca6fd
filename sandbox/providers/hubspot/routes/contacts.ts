import type { FastifyInstance, FastifyRequest } from 'fastify';
import { asObject, asString } from '../../../core/json.ts';
import type { JsonObject } from '../../../core/json.ts';
import { answer } from '../answers.ts';
import { presentContact, presentWritten } from '../contact.ts';
import type { Contact, Wanted } from '../contact.ts';
import type { ContactStore } from '../contact-store.ts';
import { ContactWrites } from '../contact-writes.ts';
import { badRequest, notFound } from '../errors.ts';
import { API_SOURCE } from '../events.ts';
import type { Portal } from '../portal.ts';

const PAGE_MAX = 100;
const PAGE_MAX_WITH_HISTORY = 50;

const PATH = '/crm/v3/objects/contacts';

export function contactRoutes(app: FastifyInstance, portal: Portal): void {
  readRoutes(app, portal);
  writeRoutes(app, portal);
}

function readRoutes(app: FastifyInstance, { store }: Portal): void {
  app.get(PATH, (request, reply) => {
    const query = asObject(request.query);
    const wanted = readWanted(query);
    const archived = query['archived'] === 'true';
    const limit = readLimit(query, wanted);
    const after = Number(query['after'] ?? 0);
    const page: JsonObject[] = [];
    for (const contact of store.contacts.values()) {
      if (Number(contact.id) <= after || (contact.archivedAt !== undefined) !== archived) continue;
      if (page.length === limit) {
        const next = { after: String(page.at(-1)?.['id']) };
        return answer(reply, 200, { results: page, paging: { next } });
      }
      page.push(presentContact(contact, wanted, store.isKnown));
    }
    return answer(reply, 200, { results: page });
  });

  app.get(`${PATH}/:contactId`, (request, reply) => {
    const query = asObject(request.query);
    const archived = query['archived'] === 'true';
    const contact = archived ? store.contacts.get(contactId(request)) : find(store, request);
    const found = mustFind(contact && (contact.archivedAt !== undefined) === archived ? contact : undefined);
    return answer(reply, 200, presentContact(found, readWanted(query), store.isKnown));
  });
}

function writeRoutes(app: FastifyInstance, portal: Portal): void {
  const { store } = portal;

  app.post(PATH, (request, reply) => {
    const { properties } = asObject(request.body);
    const writes = new ContactWrites(store, portal.commit, API_SOURCE);
    const { id } = writes.planCreate(properties);
    writes.commit();
    return answer(reply, 201, presentWritten(mustFind(store.live(id)), Object.keys(asObject(properties))));
  });

  app.patch(`${PATH}/:contactId`, (request, reply) => {
    const contact = mustFind(find(store, request));
    const { properties } = asObject(request.body);
    const writes = new ContactWrites(store, portal.commit, API_SOURCE);
    writes.planChange(contact, properties);
    writes.commit();
    return answer(reply, 200, presentWritten(contact, Object.keys(asObject(properties))));
  });

  app.delete(`${PATH}/:contactId`, (request, reply) => {
    const id = contactId(request);
    if (store.live(id)) portal.commit({ type: 'contact-archived', id, at: Date.now() });
    return reply.code(204).send();
  });

  app.post(`${PATH}/gdpr-delete`, (request, reply) => {
    const { idProperty, objectId } = asObject(request.body);
    const id = asString(objectId);
    if (!id) throw badRequest('Some required fields were not set: [objectId]');
    const contact = idProperty === 'email' ? store.byEmail(id) : store.contacts.get(id);
    if (contact) portal.commit({ type: 'contact-erased', id: contact.id, at: Date.now() });
    else if (idProperty === 'email') portal.commit({ type: 'email-blocked', email: id.trim().toLowerCase() });
    else throw notFound();
    return reply.code(204).send();
  });
}

function find(store: ContactStore, request: FastifyRequest): Contact | undefined {
  const idProperty = asString(asObject(request.query)['idProperty']);
  const id = contactId(request);
  if (idProperty === undefined || idProperty === 'hs_object_id') return store.live(id);
  if (idProperty === 'email') return store.byEmail(id);
  if (store.definitions.get(idProperty)?.hasUniqueValue) return store.byUnique(idProperty, id);
  throw badRequest(`Property ${idProperty} is not unique`);
}

const contactId = (request: FastifyRequest): string => String(asObject(request.params)['contactId']);

function mustFind(contact: Contact | undefined): Contact {
  if (!contact) throw notFound();
  return contact;
}

/** `properties=a,b` and `properties=a&properties=b` are the same. */
function readWanted(query: JsonObject): Wanted {
  const names = (value: unknown): string[] =>
    (Array.isArray(value) ? value : [value ?? '']).flatMap((part) => String(part).split(',')).filter(Boolean);
  return {
    properties: names(query['properties']),
    propertiesWithHistory: names(query['propertiesWithHistory']),
  };
}

function readLimit(query: JsonObject, wanted: Wanted): number {
  const limit = Number(query['limit'] ?? 10);
  const max = wanted.propertiesWithHistory.length > 0 ? PAGE_MAX_WITH_HISTORY : PAGE_MAX;
  if (!Number.isInteger(limit) || limit < 1 || limit > max)
    throw badRequest(`limit is a number from 1 to ${max}`);
  return limit;
}
