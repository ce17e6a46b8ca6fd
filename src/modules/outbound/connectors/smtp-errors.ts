import type { Failure } from '../../../shared/connectors/connector.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import {
  MailCredentialsRefused,
  MailDeferred,
  MailNotConnected,
  MailOutcomeUnknown,
  MailRejected,
  MailSenderRefused,
  MailUnavailable,
} from '../mail.errors.js';
import type { RefusedRecipient } from './mailer.js';
import { SmtpFailure, type SmtpRefusal, type SmtpReply } from './smtp-session.js';

const minuteMs = 60_000;

/** Enhanced status codes that say that there is no such mailbox (RFC 3463, 3.2): nobody will ever read it there. */
const unknownMailbox = ['5.1.1', '5.1.3', '5.1.6', '5.1.10'];

/** A coded error, and what it means beyond the mail, for anything that a session can throw. */
export function explainSmtp(thrown: unknown): Failure {
  if (thrown instanceof CodedError) {
    const isUnset = thrown.code === MailNotConnected.code || thrown.code === MailCredentialsRefused.code;
    return { error: thrown, isDown: false, ...(isUnset && { closeLaneMs: minuteMs }) };
  }
  if (!(thrown instanceof SmtpFailure)) {
    // Nothing that is known: to be careful, something may have left.
    return { error: MailOutcomeUnknown({ details: { found: 'another form' } }), isDown: true };
  }
  const { reply, handedOver, code } = thrown;
  if (reply) return explainReply(thrown, reply);
  const details = { transport: code };
  const isDown = code !== 'ABORTED';
  if (handedOver) return { error: MailOutcomeUnknown({ details }), isDown };
  return { error: MailUnavailable({ details }), isDown };
}

/** A reply is an answer: whatever it refuses was not taken. */
function explainReply({ stage }: SmtpFailure, { code, status }: SmtpReply): Failure {
  const details = { status: code, ...(status !== undefined && { reply: status }), stage };
  // The service as a whole goes away, or never was there.
  if (code === 421 || stage === 'connect') return { error: MailUnavailable({ details }), isDown: true };
  if (stage === 'auth' && code >= 500)
    return { error: MailCredentialsRefused({ details }), closeLaneMs: minuteMs };
  if (code === 530) return { error: MailCredentialsRefused({ details }), closeLaneMs: minuteMs };
  if (stage === 'auth') return { error: MailUnavailable({ details }), isDown: true };
  if (code < 500) return { error: MailDeferred({ details }) };
  return { error: stage === 'mail' ? MailSenderRefused({ details }) : MailRejected({ details }) };
}

/** What a server said of one recipient. */
export function refusedBy({ address, reply }: SmtpRefusal): RefusedRecipient {
  const status = reply?.status;
  const isDeferred = reply === undefined || reply.code < 500;
  const isUnknown = status !== undefined && unknownMailbox.includes(status);
  const why = isDeferred ? 'deferred' : isUnknown ? 'unknown' : 'refused';
  return { address, why, ...(status !== undefined && { status }) };
}
