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
const secondMs = 1_000;

/** A coded error, and what it means beyond the call, for anything that a call of Stripe can throw. */
export function explainStripe(thrown: unknown): Failure {
  if (thrown instanceof CodedError) return explainCoded(thrown);
  if (thrown instanceof TransportFailure) return explainTransport(thrown);
  if (thrown instanceof Refusal) return explainRefusal(thrown);
  return { error: AnswerInvalid({ details: { found: 'another form' } }), isDown: true };
}

function explainCoded(error: CodedError): Failure {
  if (error.code === NotConnected.code) return { error, closeLaneMs: minuteMs };
  return { error, isDown: error.code === AnswerInvalid.code };
}

function explainRefusal({ status, headers, body }: Refusal): Failure {
  const error = membersOf(JSON.stringify(membersOf(body)['error'] ?? {}));
  const details = {
    status,
    type: codeIn(error['type']),
    code: codeIn(error['code']),
    requestId: codeIn(headers['request-id']),
  };
  const waitMs = retryAfterMs(headers, Date.now());
  if (status === 401) return { error: CredentialsRefused({ details }), closeLaneMs: minuteMs };
  if (status === 403) return { error: PermissionMissing({ details }) };
  // An object that another request holds is let go soon, and no limit.
  if (details.code === 'lock_timeout' || status === 409) return { error: Unavailable({ details }) };
  if (status === 429) {
    const retryIn = waitMs ?? secondMs;
    return {
      error: RateLimited({
        retryAfterMs: retryIn,
        details: { limit: codeIn(headers['stripe-rate-limited-reason']) },
      }),
      closeLaneMs: retryIn,
      holdMs: retryIn,
    };
  }
  // A 4xx without Stripe's error form is a proxy's or a wrong base URL's.
  if (status >= 400 && status < 500 && details.type !== undefined)
    return { error: RequestRefused({ details }) };
  return { error: Unavailable({ details, retryAfterMs: waitMs }), isDown: true, closeLaneMs: waitMs };
}
