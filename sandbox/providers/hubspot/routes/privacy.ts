import type { FastifyInstance } from 'fastify';
import { asObject, asString } from '../../../core/json.ts';
import { badRequest, notFound } from '../errors.ts';
import { API_SOURCE } from '../events.ts';
import type { Portal } from '../portal.ts';
import { needs } from '../scopes.ts';

/** Deletes a contact for good, or keeps one from being created. */
export function privacyRoute(app: FastifyInstance, { account, commit }: Portal): void {
  const { contacts } = account;
  app.post('/crm/v3/objects/contacts/gdpr-delete', needs(contacts.facts.scopes.write), (request, reply) => {
    const { idProperty, objectId } = asObject(request.body);
    const id = asString(objectId);
    if (!id) throw badRequest('Some required fields were not set: [objectId]');
    const contact = idProperty === 'email' ? contacts.byEmail(id) : contacts.records.get(id);
    const erased = { type: 'record-erased', kind: 'contacts', at: Date.now(), by: API_SOURCE } as const;
    if (contact) commit({ ...erased, id: contact.id });
    else if (idProperty === 'email') commit({ type: 'email-blocked', email: id.trim().toLowerCase() });
    else throw notFound();
    return reply.code(204).send();
  });
}
