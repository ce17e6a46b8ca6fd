import { randomUUID } from 'node:crypto';
import { asArray, asObject, asString } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Company } from './company.ts';
import type { Author, XeroContact } from './records.ts';

/** The text of a member, or what was there before. */
export const textIn = (body: JsonObject, name: string, before: string): string =>
  asString(body[name]) ?? before;

/** A person or a program enters or changes a contact, found by its id or else by its name. */
export function putContact({ store, commit }: Company, given: unknown, by: Author): XeroContact {
  const body = asObject(given);
  const id = asString(body['ContactID']);
  const existing = (id && store.contacts.get(id)) || store.contactNamed(textIn(body, 'Name', ''));
  const base = existing || { ...blank, id: id ?? randomUUID() };
  const phones = asArray(body['Phones']).map(asObject);
  const contact: XeroContact = {
    id: base.id,
    name: textIn(body, 'Name', base.name),
    firstName: textIn(body, 'FirstName', base.firstName),
    lastName: textIn(body, 'LastName', base.lastName),
    email: textIn(body, 'EmailAddress', base.email),
    phone: textIn(phones[0] ?? {}, 'PhoneNumber', base.phone),
    country: textIn(asObject(asArray(body['Addresses'])[0]), 'Country', base.country ?? ''),
    persons: Array.isArray(body['ContactPersons']) ? personsOf(body['ContactPersons']) : base.persons,
    updatedAt: Math.max(Date.now(), base.updatedAt + 1),
  };
  commit({ type: 'contact-put', contact, isNew: !existing, by });
  return contact;
}

const blank: Omit<XeroContact, 'id'> = {
  name: '',
  firstName: '',
  lastName: '',
  email: '',
  phone: '',
  persons: [],
  updatedAt: 0,
};

function personsOf(list: unknown[]): XeroContact['persons'] {
  return list.map(asObject).map((person) => ({
    firstName: textIn(person, 'FirstName', ''),
    lastName: textIn(person, 'LastName', ''),
    email: textIn(person, 'EmailAddress', ''),
    includeInEmails: person['IncludeInEmails'] === true,
  }));
}
