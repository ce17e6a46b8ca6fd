import type { JsonObject } from '../../core/json.ts';
import type { Source, Version } from './events.ts';

export type Contact = {
  id: string;
  createdAt: number;
  updatedAt: number;
  archivedAt?: number;
  /** Replaced as a whole by each write, so that the search index can keep an older one. */
  values: ReadonlyMap<string, string>;
  /** Oldest first. */
  history: Map<string, Version[]>;
};

export type Wanted = { properties: string[]; propertiesWithHistory: string[] };

const HISTORY_KEPT = 45;
const ALWAYS = ['createdate', 'hs_object_id', 'lastmodifieddate'];
const UNLESS_ASKED = ['email', 'firstname', 'lastname'];

export function rememberVersion(
  contact: Contact,
  property: string,
  value: string,
  at: number,
  by: Source,
): void {
  const versions = contact.history.get(property);
  if (!versions) contact.history.set(property, [{ value, at, by }]);
  else {
    versions.push({ value, at, by });
    if (versions.length > HISTORY_KEPT) versions.shift();
  }
}

export function secondaryEmails(values: ReadonlyMap<string, string>): string[] {
  const list = values.get('hs_additional_emails');
  return list ? list.split(';').filter((email) => email !== '') : [];
}

export function allEmails(values: ReadonlyMap<string, string>): string[] {
  const primary = values.get('email');
  return primary ? [primary, ...secondaryEmails(values)] : secondaryEmails(values);
}

/** What a read answers: wanted properties that have no value are null, unknown ones are left out. */
export function presentContact(
  contact: Contact,
  wanted: Wanted,
  isKnown: (name: string) => boolean,
): JsonObject {
  const properties: Record<string, string | null> = {};
  const names = wanted.properties.length > 0 ? wanted.properties : UNLESS_ASKED;
  for (const name of names) if (isKnown(name)) properties[name] = contact.values.get(name) ?? null;
  for (const name of ALWAYS) properties[name] = contact.values.get(name) ?? null;
  const answer = withDates(contact, properties);
  if (wanted.propertiesWithHistory.length > 0) {
    answer['propertiesWithHistory'] = presentHistory(contact, wanted.propertiesWithHistory.filter(isKnown));
  }
  return answer;
}

/** What a write answers: the properties it named, as they are now. */
export function presentWritten(contact: Contact, named: Iterable<string>): JsonObject {
  const properties: Record<string, string> = {};
  for (const name of [...named, ...ALWAYS]) properties[name] = contact.values.get(name) ?? '';
  return withDates(contact, properties);
}

export function presentHistory(contact: Contact, names: Iterable<string>): Record<string, JsonObject[]> {
  const histories: Record<string, JsonObject[]> = {};
  for (const name of names) {
    histories[name] = (contact.history.get(name) ?? []).map(presentVersion).reverse();
  }
  return histories;
}

function presentVersion({ value, at, by }: Version): JsonObject {
  const version: JsonObject = { value, timestamp: isoTime(at), sourceType: by.type, sourceId: by.id };
  if (by.userId !== undefined) version['updatedByUserId'] = by.userId;
  return version;
}

function withDates(contact: Contact, properties: Record<string, string | null>): JsonObject {
  const answer: JsonObject = {
    id: contact.id,
    properties,
    createdAt: contact.values.get('createdate'),
    updatedAt: contact.values.get('lastmodifieddate'),
    archived: contact.archivedAt !== undefined,
  };
  if (contact.archivedAt !== undefined) answer['archivedAt'] = isoTime(contact.archivedAt);
  return answer;
}

export const isoTime = (at: number): string => new Date(at).toISOString();
