import { defineError } from '../../shared/kernel/coded-error.js';

/** Details: `problem`. */
export const ChatMessageInvalid = defineError(
  'OUTBOUND.CHAT_MESSAGE_INVALID',
  'permanent',
  'The message cannot be put into the form of the chat.',
);

/** Details: the chat's `error`. */
export const ChatRejected = defineError(
  'OUTBOUND.CHAT_REJECTED',
  'permanent',
  'The chat refused the message for what is in it.',
);

/** Details: the chat's `error`. */
export const ChatPlaceUnusable = defineError(
  'OUTBOUND.CHAT_PLACE_UNUSABLE',
  'permanent',
  'The channel, person or thread is not there, or the app may not write to it.',
);

/** Details: `needed`. */
export const ChatScopeMissing = defineError(
  'OUTBOUND.CHAT_SCOPE_MISSING',
  'permanent',
  'The chat refused the call: the app lacks a permission.',
);

export const ChatNotConnected = defineError(
  'OUTBOUND.CHAT_NOT_CONNECTED',
  'transient',
  'No token of the chat is known.',
  { blameless: true },
);

/** Transient, since a token that was rotated is put right by a person: what waits meanwhile must not be dead. */
export const ChatCredentialsRefused = defineError(
  'OUTBOUND.CHAT_CREDENTIALS_REFUSED',
  'transient',
  'The chat refused the token.',
  { blameless: true },
);

export const ChatRateLimited = defineError(
  'OUTBOUND.CHAT_RATE_LIMITED',
  'transient',
  'The chat asked to wait: a limit is reached.',
  { blameless: true },
);

export const ChatUnavailable = defineError(
  'OUTBOUND.CHAT_UNAVAILABLE',
  'transient',
  'The chat could not serve the call.',
);

export const ChatAnswerInvalid = defineError(
  'OUTBOUND.CHAT_ANSWER_INVALID',
  'transient',
  'The chat answered something that is not an answer to the call.',
);

/** Transient: whoever tries again looks first, so that nothing is posted twice. */
export const ChatOutcomeUnknown = defineError(
  'OUTBOUND.CHAT_OUTCOME_UNKNOWN',
  'transient',
  'The message may have been posted, and the answer was lost.',
);

/** More was posted since than is looked through, so that not finding it proves nothing. */
export const ChatHistoryTooLong = defineError(
  'OUTBOUND.CHAT_HISTORY_TOO_LONG',
  'uncertain',
  'Whether the message was posted cannot be told: too much was posted in the meantime.',
);
