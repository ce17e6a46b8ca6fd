import type { FastifyInstance } from 'fastify';
import { asArray, asObject, asString } from '../../../core/json.ts';
import { answer } from '../company.ts';
import type { Company } from '../company.ts';
import { readSince } from '../dates.ts';
import { XeroError, notFound, validationBody } from '../errors.ts';
import { framed, presentContact, presentCreditNote, presentOrganisation } from '../present.ts';
import { listOf, pageOf, queryOf } from '../query.ts';
import { putContact } from '../contact-writes.ts';

/** The organisation, its contacts and its credit notes. */
export function companyRoutes(app: FastifyInstance, company: Company): void {
  const { store } = company;

  app.get('/Organisation', (_request, reply) =>
    answer(reply, 200, framed('Organisations', [presentOrganisation(store.organisation)])),
  );

  app.get('/Contacts', (request, reply) => {
    const query = queryOf(request);
    const ids = listOf(query['ids']);
    const since = readSince(request.headers['if-modified-since']);
    const found = [...store.contacts.values()].filter(
      ({ id, updatedAt }) => (!ids || ids.includes(id)) && (since === undefined || updatedAt > since),
    );
    const page = pageOf(found, query);
    return answer(reply, 200, framed('Contacts', page.records.map(presentContact), page.frame));
  });

  app.get('/Contacts/:id', (request, reply) => {
    const contact = store.contacts.get(String(asObject(request.params)['id']));
    if (!contact) throw notFound();
    return answer(reply, 200, framed('Contacts', [presentContact(contact)]));
  });

  app.post('/Contacts', (request, reply) => {
    const items = asArray(asObject(request.body)['Contacts']);
    const wrong = items.filter(
      (item) => !asString(asObject(item)['Name']) && !asString(asObject(item)['ContactID']),
    );
    if (wrong.length > 0) {
      const problem = { ValidationErrors: [{ Message: 'The contact name must be specified.' }] };
      throw new XeroError(400, validationBody(wrong.map((item) => ({ ...asObject(item), ...problem }))));
    }
    const contacts = items.map((item) => presentContact(putContact(company, item, 'api')));
    return answer(reply, 200, framed('Contacts', contacts));
  });

  app.get('/CreditNotes/:id', (request, reply) => {
    const note = store.creditNotes.get(String(asObject(request.params)['id']));
    const contact = note && store.contacts.get(note.contactId);
    if (!contact) throw notFound();
    return answer(reply, 200, framed('CreditNotes', [presentCreditNote(note, contact)]));
  });

  app.get('/CreditNotes', (request, reply) => {
    const since = readSince(request.headers['if-modified-since']);
    const found = [...store.creditNotes.values()].filter(
      ({ updatedAt }) => since === undefined || updatedAt > since,
    );
    const page = pageOf(found, queryOf(request));
    const notes = page.records.flatMap((note) => {
      const contact = store.contacts.get(note.contactId);
      return contact ? [presentCreditNote(note, contact)] : [];
    });
    return answer(reply, 200, framed('CreditNotes', notes, page.frame));
  });
}
