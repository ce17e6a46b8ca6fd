import { defineError } from '../../shared/kernel/coded-error.js';

/** Details: `problem`. */
export const MailInvalid = defineError(
  'OUTBOUND.MAIL_INVALID',
  'permanent',
  'The mail cannot be made of what the command says.',
);

/** Details: `template`. */
export const MailTemplateUnknown = defineError(
  'OUTBOUND.MAIL_TEMPLATE_UNKNOWN',
  'notFound',
  'There is no mail template of this name.',
);

/** Details: `template`, `language`, `part` and `problem`; never values. */
export const MailTemplateFailed = defineError(
  'OUTBOUND.MAIL_TEMPLATE_FAILED',
  'permanent',
  'The template cannot be rendered with this data.',
);

export const MailNotConnected = defineError(
  'OUTBOUND.MAIL_NOT_CONNECTED',
  'transient',
  'No mail server, no Postmark, or no sender is configured.',
  { blameless: true },
);

/** Transient, since a password that was changed is put right by a person: what waits meanwhile must not be dead. */
export const MailCredentialsRefused = defineError(
  'OUTBOUND.MAIL_CREDENTIALS_REFUSED',
  'transient',
  'The mail server, or the provider, refused the credentials.',
  { blameless: true },
);

export const MailRateLimited = defineError(
  'OUTBOUND.MAIL_RATE_LIMITED',
  'transient',
  'The mail provider asked to wait: a limit is reached.',
  { blameless: true },
);

/** Details: `status`, `code`. A person puts it right at the provider. */
export const MailAccountBlocked = defineError(
  'OUTBOUND.MAIL_ACCOUNT_BLOCKED',
  'transient',
  'The mail provider sends nothing for this account now: used up, not approved, or inactive.',
  { blameless: true },
);

/** Details: `status`, `reply` (enhanced status code), `transport`. Nothing was handed over. */
export const MailUnavailable = defineError(
  'OUTBOUND.MAIL_UNAVAILABLE',
  'transient',
  'The mail server, or the provider, could not take the mail.',
);

/** Details: `status`, `reply`. */
export const MailDeferred = defineError(
  'OUTBOUND.MAIL_DEFERRED',
  'transient',
  'The mail server asked to try again later (greylisting, a full mailbox).',
);

/** Details: `status`, `reply`. */
export const MailSenderRefused = defineError(
  'OUTBOUND.MAIL_SENDER_REFUSED',
  'permanent',
  'The mail server, or the provider, does not let this sender send.',
);

/** Details: `replies`, the enhanced status codes. */
export const MailRecipientsRefused = defineError(
  'OUTBOUND.MAIL_RECIPIENTS_REFUSED',
  'permanent',
  'The mail server refused every recipient.',
);

/** Details: `status`, `reply` or `code`. */
export const MailRejected = defineError(
  'OUTBOUND.MAIL_REJECTED',
  'permanent',
  'The mail server, or the provider, refused the mail for what is in it.',
);

export const MailAnswerInvalid = defineError(
  'OUTBOUND.MAIL_ANSWER_INVALID',
  'transient',
  'The mail provider answered something that is not an answer to the call.',
);

/** It was handed over, and whether it was taken is not known: only what the provider can show, or a person, ends it. */
export const MailOutcomeUnknown = defineError(
  'OUTBOUND.MAIL_OUTCOME_UNKNOWN',
  'uncertain',
  'The mail was handed over, and the answer was lost.',
);

export const SuppressionNotFound = defineError(
  'OUTBOUND.SUPPRESSION_NOT_FOUND',
  'notFound',
  'No address is suppressed under this id.',
);

export const AddressInvalid = defineError(
  'OUTBOUND.ADDRESS_INVALID',
  'invalid',
  'This is no e-mail address.',
);
