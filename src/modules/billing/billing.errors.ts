import { defineError } from '../../shared/kernel/coded-error.js';

export const NotConnected = defineError(
  'BILLING.NOT_CONNECTED',
  'transient',
  'The accounting system is not connected.',
  { blameless: true },
);

/** Transient, since a credential is put right by a person: what waits meanwhile must not be dead. */
export const CredentialsRefused = defineError(
  'BILLING.CREDENTIALS_REFUSED',
  'transient',
  'The accounting system refused the credentials, or the authorization has ended.',
  { blameless: true },
);

/** Details: `status`. */
export const PermissionMissing = defineError(
  'BILLING.PERMISSION_MISSING',
  'permanent',
  'The accounting system refused the call: a permission is missing, or the organisation is not one that was authorised.',
);

/** Details: `limit`, the one that was reached. */
export const RateLimited = defineError(
  'BILLING.RATE_LIMITED',
  'transient',
  'The accounting system asked to wait: a limit is reached.',
  { blameless: true },
);

export const Unavailable = defineError(
  'BILLING.UNAVAILABLE',
  'transient',
  'The accounting system could not serve the call.',
);

export const AnswerInvalid = defineError(
  'BILLING.ANSWER_INVALID',
  'transient',
  'The accounting system answered something that is not an answer to the call.',
);

/** Details: `status` and `code`, the provider's own. */
export const RequestRefused = defineError(
  'BILLING.REQUEST_REFUSED',
  'permanent',
  'The accounting system refused the call for what is in it.',
);

export const AmountUnreadable = defineError(
  'BILLING.AMOUNT_UNREADABLE',
  'permanent',
  'An amount is no decimal number, or too large to be exact.',
);

export const StateInvalid = defineError(
  'BILLING.STATE_INVALID',
  'invalid',
  'The state of the authorization is not one that was given out, was used already, or is older than ten minutes.',
);

/** Details: `reason`, the provider's own word. */
export const AuthorizationRefused = defineError(
  'BILLING.AUTHORIZATION_REFUSED',
  'permanent',
  'The accounting system did not authorise the connection.',
);

/** Never thrown: a plan answers with it, since a run waits meanwhile. */
export const DunningNotLive = defineError(
  'BILLING.DUNNING_NOT_LIVE',
  'conflict',
  'Nothing is sent: the policy dunning has not answered what going live asks.',
);
