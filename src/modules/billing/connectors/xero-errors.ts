import { TransportFailure } from '../../../shared/connectors/bounded-http.js';
import type { Failure } from '../../../shared/connectors/connector.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import {
  AnswerInvalid,
  CredentialsRefused,
  NotConnected,
  PermissionMissing,
  RateLimited,
  RequestRefused,
  Unavailable,
} from '../billing.errors.js';
import { codeIn, explainTransport, membersOf, Refusal, retryAfterMs } from './refusal.js';

const minuteMs = 60_000;
const hourMs = 3_600_000;

/** A coded error, and what it means beyond the call, for anything that a call of Xero can throw. */
export function explainXero(thrown: unknown): Failure {
  if (thrown instanceof CodedError) return explainCoded(thrown);
  if (thrown instanceof TransportFailure) return explainTransport(thrown);
  if (thrown instanceof Refusal) return explainRefusal(thrown);
  return { error: AnswerInvalid({ details: { found: 'another form' } }), isDown: true };
}

function explainCoded(error: CodedError): Failure {
  if (error.code === NotConnected.code || error.code === CredentialsRefused.code)
    return { error, closeLaneMs: minuteMs };
  return { error, isDown: error.code === AnswerInvalid.code };
}

function explainRefusal({ status, headers, body }: Refusal): Failure {
  const { ErrorNumber: number, Type: type } = membersOf(body);
  const details = { status, type: codeIn(type), number: typeof number === 'number' ? number : undefined };
  if (status === 401) return { error: CredentialsRefused({ details }), closeLaneMs: minuteMs };
  if (status === 403) return { error: PermissionMissing({ details }) };
  if (status === 429) return explainLimit(headers);
  // A 4xx without Xero's error form is a proxy's or a wrong base URL's.
  const isXeros = details.type !== undefined || details.number !== undefined;
  if (status >= 400 && status < 500 && isXeros) return { error: RequestRefused({ details }) };
  const waitMs = retryAfterMs(headers, Date.now());
  return { error: Unavailable({ details, retryAfterMs: waitMs }), isDown: true, closeLaneMs: waitMs };
}

/** Xero names the limit. Calls at once end soon, and nobody says when; the day is tried again hourly. */
function explainLimit(headers: Readonly<Record<string, string>>): Failure {
  const limit = codeIn(headers['x-rate-limit-problem']);
  const fallback = { concurrent: 2_000, day: hourMs }[limit ?? ''] ?? minuteMs;
  const waitMs = retryAfterMs(headers, Date.now()) ?? fallback;
  return {
    error: RateLimited({ retryAfterMs: waitMs, details: { limit } }),
    closeLaneMs: waitMs,
    holdMs: limit === 'concurrent' ? Math.min(waitMs, 1_000) : waitMs,
  };
}
