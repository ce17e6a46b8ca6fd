import { defineError } from '../../shared/kernel/coded-error.js';

export const IdentityMissing = defineError(
  'CRM.IDENTITY_MISSING',
  'permanent',
  'The lead has neither an e-mail address nor a phone number, so that no contact can be found or created.',
);

/** Details: `properties`, HubSpot's `codes`, `category` and `correlationId`; never values. */
export const ContactRejected = defineError(
  'CRM.CONTACT_REJECTED',
  'permanent',
  'The CRM refused the contact for what is in it.',
);

/** Details: `properties`, HubSpot's `codes`, `category` and `correlationId`; never values. */
export const RecordRejected = defineError(
  'CRM.RECORD_REJECTED',
  'permanent',
  'The CRM refused a deal, note or task for what is in it.',
);

export const RecordGone = defineError(
  'CRM.RECORD_GONE',
  'permanent',
  'The deal, or what a note or task is to be about, is not in the CRM (any more).',
);

/** Details: `properties`, and the `stage` that asks for them. */
export const PropertyUnknown = defineError(
  'CRM.PROPERTY_UNKNOWN',
  'permanent',
  'The policy asks for a property of deals that the CRM does not have.',
);

/** Details: `scopes`. */
export const ScopesMissing = defineError(
  'CRM.SCOPES_MISSING',
  'permanent',
  'The CRM refused the call: the app lacks a permission.',
);

export const NotConnected = defineError(
  'CRM.NOT_CONNECTED',
  'transient',
  'No access token of the CRM is known.',
  { blameless: true },
);

/** Transient, since a token that was rotated is put right by a person: what waits meanwhile must not be dead. */
export const CredentialsRefused = defineError(
  'CRM.CREDENTIALS_REFUSED',
  'transient',
  'The CRM refused the access token.',
  { blameless: true },
);

/** Details: `policy`, the limit that was reached. */
export const RateLimited = defineError(
  'CRM.RATE_LIMITED',
  'transient',
  'The CRM asked to wait: a limit is reached.',
  { blameless: true },
);

export const Unavailable = defineError('CRM.UNAVAILABLE', 'transient', 'The CRM could not serve the call.');

export const AnswerInvalid = defineError(
  'CRM.ANSWER_INVALID',
  'transient',
  'The CRM answered something that is not an answer to the call.',
);

/** Transient: whoever tries again looks first, so that nothing is written twice. */
export const OutcomeUnknown = defineError(
  'CRM.OUTCOME_UNKNOWN',
  'transient',
  'The call may have reached the CRM, and its answer was lost.',
);

/** Details: `existingId`, when the CRM named it. */
export const ContactContested = defineError(
  'CRM.CONTACT_CONTESTED',
  'transient',
  'The contact changed between the lookup and the write, again and again.',
);
