import { TransportFailure } from '../../../shared/connectors/bounded-http.js';
import type { Failure } from '../../../shared/connectors/connector.js';
import { retryAfterMs } from '../../../shared/connectors/retry-after.js';
import { CodedError, type ErrorDefinition } from '../../../shared/kernel/coded-error.js';
import {
  ChatAnswerInvalid,
  ChatCredentialsRefused,
  ChatNotConnected,
  ChatOutcomeUnknown,
  ChatPlaceUnusable,
  ChatRateLimited,
  ChatRejected,
  ChatScopeMissing,
  ChatUnavailable,
} from '../chat.errors.js';

const minuteMs = 60_000;
/** Slack states the pause; where it does not. */
const pauseMs = 10_000;
/** How long a request whose answer was lost may still be under way: no attempt looks for it before. */
const lostMs = 15_000;

/** What Slack answered instead of what was asked for: `ok: false`, or a status of HTTP. */
export class SlackRefusal extends Error {
  constructor(
    readonly status: number,
    /** By lower-case name. */
    readonly headers: Readonly<Record<string, string>>,
    /** Slack's name for it; undefined in an answer that is not of Slack's form. */
    readonly code: string | undefined,
    /** The scope that is missing. */
    readonly needed?: string,
  ) {
    super(`Slack answered ${status} ${code ?? ''}`);
    this.name = 'SlackRefusal';
  }
}

const meanings: readonly (readonly [ErrorDefinition, readonly string[]])[] = [
  [
    ChatCredentialsRefused,
    ['not_authed', 'invalid_auth', 'account_inactive', 'token_revoked', 'token_expired'],
  ],
  [ChatScopeMissing, ['missing_scope', 'no_permission']],
  [ChatRateLimited, ['ratelimited', 'rate_limited', 'message_limit_exceeded']],
  [
    ChatPlaceUnusable,
    [
      ...['channel_not_found', 'not_in_channel', 'is_archived', 'user_not_found', 'users_not_found'],
      ...['user_disabled', 'cannot_dm_bot', 'thread_not_found', 'message_not_found', 'restricted_action'],
      ...[
        'restricted_action_read_only_channel',
        'restricted_action_thread_only_channel',
        'ekm_access_denied',
      ],
      ...['team_access_not_granted', 'method_not_supported_for_channel_type', 'user_not_visible'],
    ],
  ],
  // "It's possible some aspect of the operation succeeded before the error was raised", as Slack says of these two.
  [ChatOutcomeUnknown, ['internal_error', 'fatal_error']],
  [ChatUnavailable, ['service_unavailable', 'request_timeout', 'team_added_to_org', 'accesslimited']],
];

/** A coded error, and what it means beyond the call, for anything that a call of Slack can throw. */
export function explainSlack(thrown: unknown): Failure {
  if (thrown instanceof CodedError) return explainCoded(thrown);
  if (thrown instanceof TransportFailure) return explainTransport(thrown);
  if (thrown instanceof SlackRefusal) return explainRefusal(thrown);
  return { error: ChatAnswerInvalid({ details: { found: 'another form' } }), isDown: true };
}

/** What went wrong with a call that changes nothing: it may be made again at once. */
export function explainSlackRead(thrown: unknown): Failure {
  const failure = explainSlack(thrown);
  if (failure.error.code !== ChatOutcomeUnknown.code) return failure;
  return { ...failure, error: ChatUnavailable({ details: failure.error.details }) };
}

function explainCoded(error: CodedError): Failure {
  if (error.code === ChatNotConnected.code) return { error, closeLaneMs: minuteMs };
  return { error, isDown: error.code === ChatAnswerInvalid.code };
}

function explainTransport({ reason, code }: TransportFailure): Failure {
  const details = { transport: code };
  if (reason === 'not-sent') return { error: ChatUnavailable({ details }), isDown: true };
  return { error: ChatOutcomeUnknown({ details, retryAfterMs: lostMs }), isDown: reason !== 'aborted' };
}

function explainRefusal({ status, headers, code, needed }: SlackRefusal): Failure {
  if (status === 429) return limited(headers, code);
  // Without Slack's own form it is a proxy's, and nobody's fault here; what a 5xx has done is not known.
  if (code === undefined) {
    const details = { status };
    const retryIn = retryAfterMs(headers);
    if (status < 500) return { error: ChatAnswerInvalid({ details }), isDown: true };
    return {
      error: ChatOutcomeUnknown({ details, retryAfterMs: Math.max(retryIn ?? 0, lostMs) }),
      isDown: true,
    };
  }
  const [meaning = ChatRejected] = meanings.find(([, codes]) => codes.includes(code)) ?? [];
  if (meaning === ChatRateLimited) return limited(headers, code);
  const details = { error: code, ...(needed !== undefined && { needed }) };
  const retryIn = meaning === ChatOutcomeUnknown ? { retryAfterMs: lostMs } : {};
  return {
    error: meaning({ details, ...retryIn }),
    ...(meaning === ChatCredentialsRefused && { closeLaneMs: minuteMs }),
    isDown: meaning === ChatOutcomeUnknown || meaning === ChatUnavailable,
  };
}

/** The limit is the channel's or the method's: its bucket is held, and other channels go on. */
function limited(headers: Readonly<Record<string, string>>, code = 'ratelimited'): Failure {
  const waitMs = retryAfterMs(headers) ?? pauseMs;
  return { error: ChatRateLimited({ retryAfterMs: waitMs, details: { error: code } }), holdMs: waitMs };
}
