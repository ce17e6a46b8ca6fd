import type { JsonObject } from '../../core/json.ts';
import type { Source, Version } from './events.ts';
import type { KindFacts } from './kinds.ts';

/** A contact, deal, note, task or ticket. */
export type CrmRecord = {
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

export function rememberVersion(
  record: CrmRecord,
  property: string,
  value: string,
  at: number,
  by: Source,
): void {
  const versions = record.history.get(property);
  if (!versions) record.history.set(property, [{ value, at, by }]);
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
export function presentRecord(
  record: CrmRecord,
  wanted: Wanted,
  facts: KindFacts,
  isKnown: (name: string) => boolean,
): JsonObject {
  const properties: Record<string, string | null> = {};
  const names = wanted.properties.length > 0 ? wanted.properties : facts.shown;
  for (const name of names) if (isKnown(name)) properties[name] = record.values.get(name) ?? null;
  for (const name of always(facts)) properties[name] = record.values.get(name) ?? null;
  const answer = withDates(record, properties);
  if (wanted.propertiesWithHistory.length > 0) {
    answer['propertiesWithHistory'] = presentHistory(record, wanted.propertiesWithHistory.filter(isKnown));
  }
  return answer;
}

/** What a write answers: the properties it named, as they are now. */
export function presentWritten(record: CrmRecord, named: Iterable<string>, facts: KindFacts): JsonObject {
  const properties: Record<string, string> = {};
  for (const name of [...named, ...always(facts)]) properties[name] = record.values.get(name) ?? '';
  return withDates(record, properties);
}

export function presentHistory(record: CrmRecord, names: Iterable<string>): Record<string, JsonObject[]> {
  const histories: Record<string, JsonObject[]> = {};
  for (const name of names) {
    histories[name] = (record.history.get(name) ?? []).map(presentVersion).reverse();
  }
  return histories;
}

const always = ({ created, modified }: KindFacts): string[] => [created, 'hs_object_id', modified];

function presentVersion({ value, at, by }: Version): JsonObject {
  const version: JsonObject = { value, timestamp: isoTime(at), sourceType: by.type, sourceId: by.id };
  if (by.userId !== undefined) version['updatedByUserId'] = by.userId;
  return version;
}

function withDates(record: CrmRecord, properties: Record<string, string | null>): JsonObject {
  const answer: JsonObject = {
    id: record.id,
    properties,
    createdAt: isoTime(record.createdAt),
    updatedAt: isoTime(record.updatedAt),
    archived: record.archivedAt !== undefined,
  };
  if (record.archivedAt !== undefined) answer['archivedAt'] = isoTime(record.archivedAt);
  return answer;
}

export const isoTime = (at: number): string => new Date(at).toISOString();
