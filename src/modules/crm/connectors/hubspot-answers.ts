import type { ValueVersion } from '../domain/contact-plan.js';
import { AnswerInvalid } from '../crm.errors.js';
import { bodyOf, type ErrorBody } from './hubspot-error-body.js';

/** A contact of an answer, checked. */
export interface HubspotContact {
  readonly id: string;
  readonly values: Readonly<Record<string, string | null>>;
  readonly history: Readonly<Record<string, readonly ValueVersion[]>>;
  readonly traceId?: string;
}

/** A batch's answer: what succeeded, and the errors of what did not (207). */
export interface BatchAnswer {
  readonly contacts: readonly HubspotContact[];
  readonly errors: readonly ErrorBody[];
}

/**
 * Checks what the generated client made of an answer: it converts and does not validate.
 * @throws CRM.ANSWER_INVALID
 */
export function batchAnswerOf(answer: unknown): BatchAnswer {
  if (!isRecord(answer) || !Array.isArray(answer['results'])) throw invalid('no results');
  const errors: unknown[] = Array.isArray(answer['errors']) ? answer['errors'] : [];
  return { contacts: answer['results'].map(contactOf), errors: errors.map(bodyOf) };
}

function contactOf(raw: unknown): HubspotContact {
  if (!isRecord(raw) || typeof raw['id'] !== 'string' || !/^\d{1,20}$/.test(raw['id']))
    throw invalid('no id');
  if (!isRecord(raw['properties'])) throw invalid('no properties');
  const trace = raw['objectWriteTraceId'];
  return {
    id: raw['id'],
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

function historyOf(raw: unknown): Record<string, ValueVersion[]> {
  const history: Record<string, ValueVersion[]> = {};
  if (raw === undefined || raw === null) return history;
  if (!isRecord(raw)) throw invalid('a history of another form');
  for (const [name, versions] of Object.entries(raw)) {
    if (!Array.isArray(versions)) throw invalid(`the history of ${name}`);
    history[name] = versions.map(versionOf);
  }
  return history;
}

function versionOf(raw: unknown): ValueVersion {
  const at = isRecord(raw) && raw['timestamp'] instanceof Date ? raw['timestamp'].getTime() : NaN;
  if (!isRecord(raw) || Number.isNaN(at)) throw invalid('a version without a time');
  return { at, byPerson: isByPerson(raw) };
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
