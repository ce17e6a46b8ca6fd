import { TransportFailure, type HttpAnswer } from '../../../shared/connectors/bounded-http.js';
import type { Failure } from '../../../shared/connectors/connector.js';
import { retryAfterMs } from '../../../shared/connectors/retry-after.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import {
  EndpointBusy,
  EndpointOutcomeUnknown,
  EndpointRateLimited,
  EndpointRedirected,
  EndpointRefused,
  EndpointUnauthorized,
  EndpointUnavailable,
} from '../endpoint.errors.js';

const minuteMs = 60_000;
const pauseMs = 10_000;

/** What an endpoint answered instead of taking the call. The body is not looked at. */
export class EndpointRefusal extends Error {
  constructor(
    readonly answer: Pick<HttpAnswer, 'status' | 'headers'>,
    /** Whether it honours keys: then a 409 says that the first call under the key is under way. */
    readonly honoursKeys: boolean,
  ) {
    super(`the endpoint answered ${answer.status}`);
    this.name = 'EndpointRefusal';
  }
}

/** A coded error, and what it means beyond the call, for anything that a call of an endpoint can throw. */
export function explainEndpoint(thrown: unknown): Failure {
  if (thrown instanceof CodedError) return { error: thrown };
  if (thrown instanceof EndpointRefusal) return explainStatus(thrown);
  if (thrown instanceof TransportFailure && thrown.reason === 'not-sent') {
    return { error: EndpointUnavailable({ details: { transport: thrown.code } }), isDown: true };
  }
  const details = { transport: thrown instanceof TransportFailure ? thrown.code : 'UNKNOWN' };
  const isAborted = thrown instanceof TransportFailure && thrown.reason === 'aborted';
  return { error: EndpointOutcomeUnknown({ details }), isDown: !isAborted };
}

/**
 * Only what says clearly that nothing was done counts as not done. A 503 with Retry-After is the system's own word; one
 * without it comes from proxies, too, after they have passed the call on.
 */
function explainStatus({ answer: { status, headers }, honoursKeys }: EndpointRefusal): Failure {
  const details = { status };
  const waitMs = retryAfterMs(headers);
  if (status === 429) {
    const retryIn = waitMs ?? pauseMs;
    return { error: EndpointRateLimited({ details, retryAfterMs: retryIn }), holdMs: retryIn };
  }
  if (status === 401) return { error: EndpointUnauthorized({ details, retryAfterMs: minuteMs }) };
  if (status === 408 || status === 425 || (status === 409 && honoursKeys)) {
    return { error: EndpointBusy({ details, retryAfterMs: waitMs }) };
  }
  if (status === 503 && waitMs !== undefined) {
    return { error: EndpointBusy({ details, retryAfterMs: waitMs }), isDown: true };
  }
  if (status >= 500)
    return { error: EndpointOutcomeUnknown({ details, retryAfterMs: waitMs }), isDown: true };
  if (status >= 300 && status < 400) return { error: EndpointRedirected({ details }) };
  return { error: EndpointRefused({ details }) };
}
