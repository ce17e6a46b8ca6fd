import type { FastifyInstance } from 'fastify';
import { asObject, asString, asStrings } from '../../../core/json.ts';
import type { JsonObject } from '../../../core/json.ts';
import { answer } from '../answers.ts';
import { readInputs } from '../batch-input.ts';
import { isoTime, presentContact } from '../contact.ts';
import type { Contact } from '../contact.ts';
import { badRequest, itemError } from '../errors.ts';
import type { Portal } from '../portal.ts';

const GONE =
  'Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.';

/** Inputs that lead to one contact (its id twice, its primary and a secondary e-mail) answer it once. */
export function batchReadRoute(app: FastifyInstance, { store }: Portal): void {
  app.post('/crm/v3/objects/contacts/batch/read', (request, reply) => {
    const startedAt = isoTime(Date.now());
    const body = asObject(request.body);
    const archived = asObject(request.query)['archived'] === 'true';
    const find = finder(asString(body['idProperty']), archived);
    const wanted = {
      properties: asStrings(body['properties']),
      propertiesWithHistory: asStrings(body['propertiesWithHistory']),
    };
    const found = new Map<string, Contact>();
    const missing: string[] = [];
    for (const { id } of readInputs(body, true)) {
      const contact = find(id);
      if (contact) found.set(contact.id, contact);
      else missing.push(id);
    }
    const results = Array.from(found.values(), (contact) => presentContact(contact, wanted, store.isKnown));
    const read: JsonObject = { status: 'COMPLETE', results, startedAt, completedAt: isoTime(Date.now()) };
    if (missing.length === 0) return answer(reply, 200, read);
    const errors = [itemError('OBJECT_NOT_FOUND', GONE, { ids: missing })];
    return answer(reply, 207, { ...read, numErrors: errors.length, errors });
  });

  function finder(idProperty: string | undefined, archived: boolean): (id: string) => Contact | undefined {
    if (idProperty === undefined || idProperty === 'hs_object_id') {
      return (id) => {
        const contact = store.contacts.get(id);
        return contact && (contact.archivedAt !== undefined) === archived ? contact : undefined;
      };
    }
    if (archived) return () => undefined;
    if (idProperty === 'email') return (id) => store.byEmail(id);
    if (store.definitions.get(idProperty)?.hasUniqueValue) return (id) => store.byUnique(idProperty, id);
    throw badRequest(`Unable to read by non-unique 0-1 property ${idProperty}`);
  }
}
