import { TransportFailure } from '../../../shared/connectors/bounded-http.js';
import type { Failure } from '../../../shared/connectors/connector.js';
import { retryAfterMs } from '../../../shared/connectors/retry-after.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import {
  AnswerInvalid,
  CredentialsRefused,
  NotConnected,
  PermissionMissing,
  RateLimited,
  RequestRefused,
  Unavailable,
} from '../support.errors.js';

const minuteMs = 60_000;

/** What Zendesk answered instead of what was asked for. The body is not believed, and never passed on. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    /** By lower-case name. */
    readonly headers: Readonly<Record<string, string>>,
    readonly body: string,
  ) {
    super(`Zendesk answered ${status}`);
    this.name = 'Refusal';
  }
}

/** A coded error, and what it means beyond the call, for anything that a call of Zendesk can throw. */
export function explainZendesk(thrown: unknown): Failure {
  if (thrown instanceof CodedError) return explainCoded(thrown);
  if (thrown instanceof TransportFailure) return explainTransport(thrown);
  if (thrown instanceof Refusal) return explainRefusal(thrown);
  return { error: AnswerInvalid({ details: { found: 'another form' } }), isDown: true };
}

function explainCoded(error: CodedError): Failure {
  const isOurs = error.code === NotConnected.code || error.code === CredentialsRefused.code;
  return isOurs ? { error, closeLaneMs: minuteMs } : { error, isDown: error.code === AnswerInvalid.code };
}

/** Reads only: what may have arrived may be asked again. */
function explainTransport({ reason, code }: TransportFailure): Failure {
  if (reason === 'too-large')
    return { error: AnswerInvalid({ details: { found: 'too large' } }), isDown: true };
  return { error: Unavailable({ details: { transport: code } }), isDown: reason !== 'aborted' };
}

/** Some refusals are texts, so that the status alone decides (https://developer.zendesk.com/api-reference/introduction/requests). */
function explainRefusal({ status, headers, body }: Refusal): Failure {
  const details = { status, reason: reasonIn(body) };
  const waitMs = retryAfterMs(headers);
  if (status === 401) return { error: CredentialsRefused({ details }), closeLaneMs: minuteMs };
  if (status === 403) return { error: PermissionMissing({ details }) };
  if (status === 429) {
    const pause = waitMs ?? minuteMs;
    return { error: RateLimited({ retryAfterMs: pause }), closeLaneMs: pause, holdMs: pause };
  }
  if (status >= 400 && status < 500 && status !== 408) return { error: RequestRefused({ details }) };
  return { error: Unavailable({ details, retryAfterMs: waitMs }), isDown: true, closeLaneMs: waitMs };
}

/** Zendesk's own word for it; anything else might be a person's data. */
function reasonIn(body: string): string | undefined {
  return /^\s*\{\s*"error"\s*:\s*"([\w.:-]{1,100})"/.exec(body)?.[1];
}
