import { defineError } from '../../shared/kernel/coded-error.js';

/** Details: `endpoint`. Nothing was sent. */
export const EndpointUnknown = defineError(
  'OUTBOUND.ENDPOINT_UNKNOWN',
  'permanent',
  'The policy http-endpoints names no such endpoint.',
);

/** Details: `problem`. Nothing was sent. */
export const EndpointRequestInvalid = defineError(
  'OUTBOUND.ENDPOINT_REQUEST_INVALID',
  'permanent',
  'What is to be sent to the endpoint is too large, or not JSON.',
);

/** Details: `secret`, its name. Nothing was sent. */
export const EndpointSecretMissing = defineError(
  'OUTBOUND.ENDPOINT_SECRET_MISSING',
  'transient',
  'No secret is stored by which requests to the endpoint could be signed.',
  { blameless: true },
);

/** Details: `status`. */
export const EndpointRefused = defineError(
  'OUTBOUND.ENDPOINT_REFUSED',
  'permanent',
  'The endpoint refused the call.',
);

/** Details: `status`; never where to. */
export const EndpointRedirected = defineError(
  'OUTBOUND.ENDPOINT_REDIRECTED',
  'permanent',
  'The endpoint answered with a redirect; these are not followed.',
);

/** Transient, since a secret that was rotated is put right by a person: what waits meanwhile must not be dead. */
export const EndpointUnauthorized = defineError(
  'OUTBOUND.ENDPOINT_UNAUTHORIZED',
  'transient',
  'The endpoint did not accept the signature.',
  { blameless: true },
);

/** Details: `status`. It was not carried out now; where it honours keys, an earlier call may be under way. */
export const EndpointBusy = defineError(
  'OUTBOUND.ENDPOINT_BUSY',
  'transient',
  'The endpoint could not take the call now, and said so.',
);

export const EndpointRateLimited = defineError(
  'OUTBOUND.ENDPOINT_RATE_LIMITED',
  'transient',
  'The endpoint asked to wait: a limit is reached.',
  { blameless: true },
);

/** Details: `transport`. Nothing was sent. */
export const EndpointUnavailable = defineError(
  'OUTBOUND.ENDPOINT_UNAVAILABLE',
  'transient',
  'The endpoint could not be reached.',
);

/** Details: `status` or `transport`. */
export const EndpointOutcomeUnknown = defineError(
  'OUTBOUND.ENDPOINT_OUTCOME_UNKNOWN',
  'uncertain',
  'The call may have been carried out, and the answer does not tell.',
);
