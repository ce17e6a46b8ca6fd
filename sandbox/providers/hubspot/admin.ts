import type { FastifyInstance, FastifyReply } from 'fastify';
import { asArray, asObject, asString, isObject } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { answer } from './answers.ts';
import { presentHistory, presentWritten } from './contact.ts';
import type { Contact } from './contact.ts';
import { ContactWrites } from './contact-writes.ts';
import { HubspotError, badRequest, errorBody, notFound } from './errors.ts';
import { personSource } from './events.ts';
import type { Portal } from './portal.ts';
import type { ValidationRule } from './properties.ts';
import { changeSettings } from './settings.ts';

const A_PERSON = 70010001;
const LISTED = 1000;

/** Admin routes of the HubSpot simulator: look at contacts, act as a person in the UI, set the portal up. */
export function hubspotAdminRoutes(app: FastifyInstance, portal: Portal): void {
  const { store } = portal;

  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof HubspotError) return answer(reply, error.status, error.body);
    throw error;
  });

  app.get('/contacts', (request, reply) => {
    const email = asString(asObject(request.query)['email']);
    const contacts =
      email === undefined ? [...store.contacts.values()].slice(-LISTED) : [store.byEmail(email)];
    const results = contacts.filter((contact) => contact !== undefined).map(show);
    return answer(reply, 200, { total: email === undefined ? store.contacts.size : results.length, results });
  });

  app.get('/contacts/:id', (request, reply) =>
    showWithHistory(reply, 200, store.contacts.get(idOf(request))),
  );

  app.post('/contacts', (request, reply) => {
    const { properties, userId } = asObject(request.body);
    const writes = new ContactWrites(store, portal.commit, personSource(Number(userId ?? A_PERSON)));
    const { id } = writes.planCreate(properties);
    writes.commit();
    return showWithHistory(reply, 201, store.live(id));
  });

  app.put('/contacts/:id/as-person', (request, reply) => {
    const contact = store.live(idOf(request));
    if (!contact) throw notFound();
    const { properties, userId } = asObject(request.body);
    const writes = new ContactWrites(store, portal.commit, personSource(Number(userId ?? A_PERSON)));
    writes.planChange(contact, properties);
    writes.commit();
    return showWithHistory(reply, 200, contact);
  });

  app.get('/settings', (_request, reply) => answer(reply, 200, portal.settings));

  app.put('/settings', (request, reply) => {
    const problem = changeSettings(portal.settings, request.body);
    if (problem !== undefined) throw badRequest(problem);
    return answer(reply, 200, portal.settings);
  });

  app.get('/validation-rules', (_request, reply) => answer(reply, 200, store.rules.list()));

  app.put('/validation-rules', (request, reply) => {
    portal.commit({ type: 'validation-rules-set', rules: asArray(request.body).map(readRule) });
    return answer(reply, 200, store.rules.list());
  });
}

const idOf = (request: { params: unknown }): string => String(asObject(request.params)['id']);

const show = (contact: Contact): JsonObject => presentWritten(contact, contact.values.keys());

function showWithHistory(reply: FastifyReply, status: number, contact: Contact | undefined): FastifyReply {
  if (!contact) throw notFound();
  const propertiesWithHistory = presentHistory(contact, contact.history.keys());
  return answer(reply, status, { ...show(contact), propertiesWithHistory });
}

function readRule(input: unknown): ValidationRule {
  const rule = isObject(input) ? input : {};
  const property = asString(rule['property']);
  const pattern = asString(rule['pattern']);
  const message = asString(rule['message']);
  if (!property || pattern === undefined || !isPattern(pattern)) {
    throw new HubspotError(400, errorBody('VALIDATION_ERROR', 'a rule has a property and a pattern'));
  }
  return message === undefined ? { property, pattern } : { property, pattern, message };
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
