import type { ValueVersion } from '../domain/contact-plan.js';
import { AnswerInvalid } from '../crm.errors.js';
import { bodyOf, type ErrorBody } from './hubspot-error-body.js';

/** One version of a property's value, and what wrote it in HubSpot's words. */
export interface HubspotVersion extends ValueVersion {
  readonly value: string;
  /** `CRM_UI`, `INTEGRATION`, … */
  readonly source: string;
  readonly sourceId: string;
}

/** A record of an answer, checked. */
export interface HubspotRecord {
  readonly id: string;
  readonly values: Readonly<Record<string, string | null>>;
  /** By property, as HubSpot orders it: the newest version first. */
  readonly history: Readonly<Record<string, readonly HubspotVersion[]>>;
  readonly traceId?: string;
}

/** A batch's answer: what succeeded, and the errors of what did not (207). */
export interface BatchAnswer {
  readonly records: readonly HubspotRecord[];
  readonly errors: readonly ErrorBody[];
}

/**
 * Checks what the generated client made of an answer: it converts and does not validate.
 * @throws CRM.ANSWER_INVALID
 */
export function batchAnswerOf(answer: unknown): BatchAnswer {
  if (!isRecord(answer) || !Array.isArray(answer['results'])) throw invalid('no results');
  const errors: unknown[] = Array.isArray(answer['errors']) ? answer['errors'] : [];
  return { records: answer['results'].map(recordOf), errors: errors.map(bodyOf) };
}

/**
 * The ids to which objects are linked, by the object's id; those without any are absent.
 * @throws CRM.ANSWER_INVALID
 */
export function linksOf(answer: unknown): ReadonlyMap<string, readonly string[]> {
  if (!isRecord(answer) || !Array.isArray(answer['results'])) throw invalid('no results');
  return new Map(answer['results'].map(linkOf));
}

/** The generated client calls `from` `_from`; ids come as numbers from some versions. */
function linkOf(raw: unknown): readonly [string, readonly string[]] {
  const { _from: from, to } = isRecord(raw) ? raw : {};
  if (!isRecord(from) || !Array.isArray(to)) throw invalid('a link without ends');
  return [idOf(from['id']), to.map((end) => idOf(isRecord(end) ? end['toObjectId'] : undefined))];
}

function idOf(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{1,20}$/.test(text)) throw invalid('no id');
  return text;
}

function recordOf(raw: unknown): HubspotRecord {
  const id = idOf(isRecord(raw) ? raw['id'] : undefined);
  if (!isRecord(raw) || !isRecord(raw['properties'])) throw invalid('no properties');
  const trace = raw['objectWriteTraceId'];
  return {
    id,
    values: valuesOf(raw['properties']),
    history: historyOf(raw['propertiesWithHistory']),
    traceId: typeof trace === 'string' ? trace : undefined,
  };
}

function valuesOf(raw: Record<string, unknown>): Record<string, string | null> {
  for (const [name, value] of Object.entries(raw)) {
    if (value !== null && typeof value !== 'string') throw invalid(`${name} is no text`);
  }
  return raw as Record<string, string | null>;
}

function historyOf(raw: unknown): Record<string, HubspotVersion[]> {
  const history: Record<string, HubspotVersion[]> = {};
  if (raw === undefined || raw === null) return history;
  if (!isRecord(raw)) throw invalid('a history of another form');
  for (const [name, versions] of Object.entries(raw)) {
    if (!Array.isArray(versions)) throw invalid(`the history of ${name}`);
    history[name] = versions.map(versionOf);
  }
  return history;
}

function versionOf(raw: unknown): HubspotVersion {
  const at = isRecord(raw) && raw['timestamp'] instanceof Date ? raw['timestamp'].getTime() : NaN;
  if (!isRecord(raw) || Number.isNaN(at)) throw invalid('a version without a time');
  return {
    ...{ at, byPerson: isByPerson(raw), value: textOf(raw['value']) },
    ...{ source: textOf(raw['sourceType']), sourceId: textOf(raw['sourceId']) },
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Sources of a change that stand for software, even where a user's id is noted with them. */
const software =
  /^(INTEGRATION|API|AUTOMATION_PLATFORM|WORKFLOW|CALCULATED|DATA_ENRICHMENT|INTERNAL|MIGRATION|AI_)/;
/** Sources that are people: HubSpot's screens and apps, imports, forms, chats and e-mails to a person. */
const people =
  /^(CRM_UI|CONTACTS|MOBILE_|IMPORT|FORM|MEETINGS|CONVERSATIONS|BCC_TO_CRM|GMAIL|OUTLOOK|SALES|BATCH_UPDATE|MERGE)/;

function isByPerson({ sourceType, updatedByUserId }: Record<string, unknown>): boolean {
  const source = typeof sourceType === 'string' ? sourceType : '';
  return people.test(source) || (typeof updatedByUserId === 'number' && !software.test(source));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(found: string): Error {
  return AnswerInvalid({ details: { found } });
}
