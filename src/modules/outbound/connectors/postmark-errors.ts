import { TransportFailure } from '../../../shared/connectors/bounded-http.js';
import type { Failure } from '../../../shared/connectors/connector.js';
import { retryAfterMs } from '../../../shared/connectors/retry-after.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import {
  MailAccountBlocked,
  MailAnswerInvalid,
  MailCredentialsRefused,
  MailNotConnected,
  MailOutcomeUnknown,
  MailRateLimited,
  MailRejected,
  MailSenderRefused,
  MailUnavailable,
} from '../mail.errors.js';
import { membersOf, PostmarkRefusal } from './postmark-api.js';

const minuteMs = 60_000;
const hourMs = 3_600_000;

/** Every recipient is one to which Postmark sends nothing any more (https://postmarkapp.com/developer/api/overview). */
export const inactiveRecipients = 406;
/** The sender is not known, not confirmed, or of another domain. */
const senderCodes = [400, 401];
/** Not allowed to send: used up; pending approval; the account or the server is inactive. */
const accountCodes = [405, 412, 413];

/** Postmark's own code in a body; undefined where it has none, which is a proxy's. */
export function postmarkCode(body: string): number | undefined {
  const code = membersOf(body)?.['ErrorCode'];
  return typeof code === 'number' && Number.isInteger(code) ? code : undefined;
}

/** A coded error, and what it means beyond the call, for anything that a call can throw. */
export function explainPostmark(thrown: unknown): Failure {
  if (thrown instanceof CodedError) {
    if (thrown.code === MailNotConnected.code) return { error: thrown, closeLaneMs: minuteMs };
    return { error: thrown, isDown: thrown.code === MailAnswerInvalid.code };
  }
  if (thrown instanceof TransportFailure) return explainTransport(thrown);
  if (thrown instanceof PostmarkRefusal) return explainRefusal(thrown);
  // Nothing that is known: to be careful, something may have left.
  return { error: MailOutcomeUnknown({ details: { found: 'another form' } }), isDown: true };
}

function explainTransport({ reason, code }: TransportFailure): Failure {
  const details = { transport: code };
  if (reason === 'not-sent') return { error: MailUnavailable({ details }), isDown: true };
  return { error: MailOutcomeUnknown({ details }), isDown: reason !== 'aborted' };
}

function explainRefusal(refusal: PostmarkRefusal): Failure {
  const { status, headers, body, isSending } = refusal;
  const code = postmarkCode(body);
  const details = { status, ...(code !== undefined && { code }) };
  const pauseMs = retryAfterMs(headers);
  if (status === 401) return { error: MailCredentialsRefused({ details }), closeLaneMs: minuteMs };
  if (status === 429) {
    const waitMs = pauseMs ?? minuteMs;
    return { error: MailRateLimited({ details, retryAfterMs: waitMs }), closeLaneMs: waitMs, holdMs: waitMs };
  }
  if (code !== undefined && accountCodes.includes(code)) {
    return { error: MailAccountBlocked({ details, retryAfterMs: hourMs }), closeLaneMs: hourMs };
  }
  if (code !== undefined && senderCodes.includes(code)) return { error: MailSenderRefused({ details }) };
  // A 4xx without Postmark's error form is a proxy's or a wrong base URL's.
  if (status >= 400 && status < 500 && status !== 408 && code !== undefined)
    return { error: MailRejected({ details }) };
  return explainOutage(refusal, details, isSending, pauseMs);
}

/** Postmark says of a 500 that the message is lost in most cases: in the others it is sent. A 503 turns it away. */
function explainOutage(
  { status }: PostmarkRefusal,
  details: Readonly<Record<string, unknown>>,
  isSending: boolean,
  pauseMs: number | undefined,
): Failure {
  const mayBeTaken = isSending && status >= 500 && status !== 503;
  if (mayBeTaken) return { error: MailOutcomeUnknown({ details }), isDown: true };
  return { error: MailUnavailable({ details, retryAfterMs: pauseMs }), isDown: true, closeLaneMs: pauseMs };
}
