import type { ApiException } from '@hubspot/api-client/lib/codegen/crm/contacts/index.js';
import { TransportFailure } from '../../../shared/connectors/bounded-http.js';
import type { Failure } from '../../../shared/connectors/connector.js';
import { CodedError, type ErrorDefinition } from '../../../shared/kernel/coded-error.js';
import {
  AnswerInvalid,
  ContactContested,
  ContactRejected,
  CredentialsRefused,
  NotConnected,
  OutcomeUnknown,
  RateLimited,
  RecordGone,
  RecordRejected,
  ScopesMissing,
  Unavailable,
} from '../crm.errors.js';
import { bodyOf, existingIdIn, problemsIn, scopesIn, type ErrorBody } from './hubspot-error-body.js';

const hourMs = 3_600_000;
const minuteMs = 60_000;

/** What refusals are called that are about what was asked for, rather than about who asked. */
export interface Wording {
  readonly noun: string;
  readonly rejected: ErrorDefinition;
  readonly gone: ErrorDefinition;
  readonly contested: ErrorDefinition;
}

/** A contact that has gone is looked up again, and created anew. */
export const contactWords: Wording = {
  ...{ noun: 'contact', rejected: ContactRejected, gone: ContactContested, contested: ContactContested },
};
export const recordWords: Wording = {
  ...{ noun: 'record', rejected: RecordRejected, gone: RecordGone, contested: Unavailable },
};

/** A coded error, and what it means for the lane, for anything that a call of the client can throw. */
export function explainHubspot(thrown: unknown, words: Wording = contactWords): Failure {
  if (thrown instanceof CodedError) return explainCoded(thrown);
  if (thrown instanceof TransportFailure) return explainTransport(thrown);
  if (isRefusal(thrown)) return explainStatus(thrown.code, bodyOf(thrown.body), thrown.headers, words);
  // The generated client throws plain errors when an answer is not of the form it expects.
  return { error: AnswerInvalid({ details: { found: 'another form' } }), isDown: true };
}

/** An entry of `errors` in a 207: what it means for the items that it names. */
export function explainItem(body: ErrorBody, words: Wording = contactWords): CodedError {
  switch (body.category) {
    case 'CONFLICT':
    case 'OBJECT_ALREADY_EXISTS':
      return words.contested({ details: { existingId: existingIdIn(body) } });
    case 'OBJECT_NOT_FOUND':
      return words.gone({ details: { category: body.category } });
    case 'RATE_LIMITS':
      return RateLimited({ details: { policy: body.policyName } });
    case 'VALIDATION_ERROR':
      return rejected(body, words);
    default:
      return Unavailable({ details: { category: body.category, correlationId: body.correlationId } });
  }
}

function explainCoded(error: CodedError): Failure {
  if (error.code === NotConnected.code) return { error, closeLaneMs: minuteMs };
  return { error, isDown: error.code === AnswerInvalid.code };
}

function explainTransport({ reason, code }: TransportFailure): Failure {
  const details = { transport: code };
  if (reason === 'not-sent') return { error: Unavailable({ details }), isDown: true };
  if (reason === 'too-large')
    return { error: AnswerInvalid({ details: { found: 'too large' } }), isDown: true };
  return { error: OutcomeUnknown({ details }), isDown: reason !== 'aborted' };
}

/** Every package of the client has an `ApiException` of its own: what it holds tells it. */
function isRefusal(thrown: unknown): thrown is ApiException<unknown> {
  const { code, headers } = (thrown instanceof Error ? thrown : {}) as Partial<ApiException<unknown>>;
  return typeof code === 'number' && typeof headers === 'object' && headers !== null;
}

function explainStatus(
  status: number,
  body: ErrorBody,
  headers: Readonly<Record<string, string>>,
  words: Wording,
): Failure {
  const details = { status, category: body.category, correlationId: body.correlationId };
  if (status === 401) return { error: CredentialsRefused({ details }), closeLaneMs: minuteMs };
  if (status === 403) return { error: ScopesMissing({ details: { ...details, scopes: scopesIn(body) } }) };
  if (status === 409) {
    return { error: words.contested({ details: { ...details, existingId: existingIdIn(body) } }) };
  }
  if (body.category === 'OBJECT_NOT_FOUND') return { error: words.gone({ details }) };
  if (status === 429) return explainLimit(body, headers);
  if (isAboutItems(status, body)) return { error: rejected(body, words) };
  // 423: locked; 477: the account is being moved; an answer without HubSpot's error form is a proxy's.
  const retryAfterMs = retryAfterOf(headers);
  return { error: Unavailable({ details, retryAfterMs }), isDown: true, closeLaneMs: retryAfterMs };
}

/** HubSpot names the limit in `policyName`; each asks for another patience. */
function explainLimit(body: ErrorBody, headers: Readonly<Record<string, string>>): Failure {
  const policy = body.policyName;
  const fallback = { DAILY: hourMs, SECONDLY: 1_000 }[policy ?? ''] ?? intervalOf(headers) ?? 10_000;
  // The daily counter resets at midnight in the account's zone, which is not told: an hour is tried at a time.
  const waitMs = Math.min(retryAfterOf(headers) ?? fallback, hourMs);
  const error = RateLimited({ retryAfterMs: waitMs, details: { policy, correlationId: body.correlationId } });
  return { error, closeLaneMs: waitMs, holdMs: waitMs };
}

/** A 4xx of HubSpot's own form; one without it is a proxy's or a wrong base URL's, and nobody's fault here. */
function isAboutItems(status: number, body: ErrorBody): boolean {
  const refused = status >= 400 && status < 500 && status !== 408 && status !== 423 && status !== 477;
  return refused && body.category !== undefined;
}

function rejected(body: ErrorBody, words: Wording): CodedError {
  const { properties, codes } = problemsIn(body);
  const named = properties.length > 0 ? properties.join(', ') : 'it names no property';
  return words.rejected({
    message: `HubSpot refused the ${words.noun}: ${named}${codes.length > 0 ? ` (${codes.join(', ')})` : ''}.`,
    details: { properties, codes, category: body.category, correlationId: body.correlationId },
  });
}

/** Seconds by RFC 9110, or a date; a number beyond an hour is taken for the milliseconds that parts of HubSpot send. */
function retryAfterOf(headers: Readonly<Record<string, string>>): number | undefined {
  const text = headers['retry-after'];
  if (!text) return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return Math.min(value > 3_600 ? value : value * 1_000, hourMs);
  const waitMs = Date.parse(text) - Date.now();
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), hourMs);
}

function intervalOf(headers: Readonly<Record<string, string>>): number | undefined {
  const value = Number(headers['x-hubspot-ratelimit-interval-milliseconds']);
  return value > 0 ? Math.min(value, hourMs) : undefined;
}

/** The contact was created, merged or deleted by somebody else since it was looked up. */
export function isContested(error: unknown): error is CodedError {
  return error instanceof CodedError && error.code === ContactContested.code;
}

/** HubSpot refused what was in the call. */
export function isRejected(error: unknown): boolean {
  const codes = [ContactRejected.code, RecordRejected.code, RecordGone.code];
  return error instanceof CodedError && codes.includes(error.code);
}
