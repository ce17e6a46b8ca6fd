import { defineError } from '../../shared/kernel/coded-error.js';

export const NotConnected = defineError(
  'SUPPORT.NOT_CONNECTED',
  'transient',
  'The helpdesk is not connected.',
  { blameless: true },
);

/** Transient, since a credential is put right by a person: what waits meanwhile must not be dead. */
export const CredentialsRefused = defineError(
  'SUPPORT.CREDENTIALS_REFUSED',
  'transient',
  'The helpdesk refused the credentials.',
  { blameless: true },
);

/** Details: `status`. */
export const PermissionMissing = defineError(
  'SUPPORT.PERMISSION_MISSING',
  'permanent',
  'The helpdesk refused the call: a scope or the role of the user is missing.',
);

export const RateLimited = defineError(
  'SUPPORT.RATE_LIMITED',
  'transient',
  'The helpdesk asked to wait: a limit is reached.',
  { blameless: true },
);

export const RequestRefused = defineError(
  'SUPPORT.REQUEST_REFUSED',
  'permanent',
  'The helpdesk refused the call for what is in it.',
);

export const Unavailable = defineError(
  'SUPPORT.UNAVAILABLE',
  'transient',
  'The helpdesk could not serve the call.',
);

export const AnswerInvalid = defineError(
  'SUPPORT.ANSWER_INVALID',
  'transient',
  'The helpdesk answered something that is not an answer to the call.',
);
