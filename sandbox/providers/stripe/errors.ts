import type { JsonObject } from '../../core/json.ts';

/** An error as Stripe answers it. */
export class StripeError extends Error {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Record<string, string>;

  constructor(status: number, error: JsonObject, headers: Record<string, string> = {}) {
    super(String(error['message']));
    this.status = status;
    this.body = { error };
    this.headers = headers;
  }
}

export const invalidRequest = (message: string, rest: JsonObject = {}, status = 400): StripeError =>
  new StripeError(status, { type: 'invalid_request_error', message, ...rest });

export const missing = (kind: string, id: string): StripeError =>
  invalidRequest(`No such ${kind}: '${id}'`, { code: 'resource_missing', param: 'id' }, 404);

export const unauthenticated = (): StripeError =>
  invalidRequest('Invalid API Key provided', { code: 'api_key_invalid' }, 401);

export const rateLimit = (): JsonObject => ({
  error: { type: 'invalid_request_error', code: 'rate_limit', message: 'Request rate limit exceeded.' },
});

export const lockTimeout = (): JsonObject => ({
  error: {
    type: 'invalid_request_error',
    code: 'lock_timeout',
    message: 'This object cannot be accessed right now because another API request is accessing it.',
  },
});

export const keyMismatch = (key: string): StripeError =>
  new StripeError(400, {
    type: 'idempotency_error',
    message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  });

export const keyInUse = (): StripeError =>
  new StripeError(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message:
      'There is currently another in-progress request using this Idempotent Key. Please try again later.',
  });

export const apiErrorBody = (): JsonObject => ({
  error: { type: 'api_error', message: 'An unknown error occurred.' },
});
