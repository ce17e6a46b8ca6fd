import type { JsonObject } from '../../core/json.ts';

/** An error as Zendesk answers it. */
export class ZendeskError extends Error {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Record<string, string>;

  constructor(status: number, body: JsonObject, headers: Record<string, string> = {}) {
    super(String(body['error']));
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export const unauthenticated = (): ZendeskError =>
  new ZendeskError(401, { error: "Couldn't authenticate you" });

export const notFound = (): ZendeskError =>
  new ZendeskError(404, { error: 'RecordNotFound', description: 'Not found' });

export const invalid = (description: string): ZendeskError =>
  new ZendeskError(422, { error: 'RecordInvalid', description, details: {} });

export const forbidden = (description: string): ZendeskError =>
  new ZendeskError(403, { error: 'Forbidden', description });

export const tooMany = (limit: number, seconds: number): ZendeskError =>
  new ZendeskError(
    429,
    {
      error: 'APIRateLimitExceeded',
      description: 'Number of allowed API requests per minute exceeded',
    },
    {
      'retry-after': String(seconds),
      'x-rate-limit': String(limit),
      'x-rate-limit-remaining': '0',
    },
  );
