import { defineError } from '../kernel/coded-error.js';
import { defineProblem } from './problem-status.js';

export const Malformed = defineError('HTTP.MALFORMED', 'invalid', 'The request is malformed.');
export const ValidationFailed = defineError(
  'HTTP.VALIDATION_FAILED',
  'invalid',
  'Some values of the request are not acceptable: `errors` names each.',
);
export const CursorInvalid = defineError(
  'HTTP.CURSOR_INVALID',
  'invalid',
  'The cursor is not one that this listing gave out.',
);
export const RouteUnknown = defineError(
  'HTTP.ROUTE_UNKNOWN',
  'notFound',
  'There is nothing at this address.',
);
export const MethodNotAllowed = defineProblem(
  405,
  'HTTP.METHOD_NOT_ALLOWED',
  'invalid',
  'The method is not allowed at this address.',
);
export const RequestTimeout = defineProblem(
  408,
  'HTTP.REQUEST_TIMEOUT',
  'transient',
  'The request did not arrive in time.',
);
export const TooLarge = defineProblem(
  413,
  'HTTP.TOO_LARGE',
  'invalid',
  'The body is larger than is accepted.',
);
export const AddressTooLong = defineProblem(
  414,
  'HTTP.ADDRESS_TOO_LONG',
  'invalid',
  'The address is too long.',
);
export const MediaTypeUnsupported = defineProblem(
  415,
  'HTTP.MEDIA_TYPE_UNSUPPORTED',
  'invalid',
  'The media type, charset or content encoding of the body is not accepted.',
);
export const HeadersTooLarge = defineProblem(
  431,
  'HTTP.HEADERS_TOO_LARGE',
  'invalid',
  'The headers are larger than is accepted.',
);
export const RateLimited = defineProblem(
  429,
  'HTTP.RATE_LIMITED',
  'transient',
  'Too many requests; wait as long as Retry-After says.',
);
export const PreconditionFailed = defineProblem(
  412,
  'HTTP.PRECONDITION_FAILED',
  'conflict',
  'It was changed meanwhile: read it again.',
);
export const PreconditionRequired = defineProblem(
  428,
  'HTTP.PRECONDITION_REQUIRED',
  'invalid',
  'Send If-Match with the ETag that was read, so that no other change gets lost.',
);
export const IdempotencyKeyReused = defineProblem(
  422,
  'HTTP.IDEMPOTENCY_KEY_REUSED',
  'conflict',
  'The Idempotency-Key was used with another request.',
);
export const IdempotencyKeyInFlight = defineError(
  'HTTP.IDEMPOTENCY_KEY_IN_FLIGHT',
  'conflict',
  'The first request with this Idempotency-Key has not been answered yet.',
);
export const IdempotencyOutcomeUnknown = defineError(
  'HTTP.IDEMPOTENCY_OUTCOME_UNKNOWN',
  'uncertain',
  'The first request with this Idempotency-Key was interrupted: look whether it took effect, then use a new key.',
);
export const Unavailable = defineError(
  'HTTP.UNAVAILABLE',
  'transient',
  'The server cannot answer now; wait as long as Retry-After says.',
);
/** No kind describes a defect of the server itself: `permanent`, answered with 500. */
export const Internal = defineProblem(
  500,
  'HTTP.INTERNAL',
  'permanent',
  'The server failed. Quote the correlation id when you report it.',
);
