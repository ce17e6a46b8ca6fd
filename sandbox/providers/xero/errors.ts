import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../core/json.ts';

/** An error as Xero answers it: JSON, or a text that is not. */
export class XeroError extends Error {
  readonly status: number;
  readonly body: JsonObject | string;
  readonly headers: Record<string, string>;

  constructor(status: number, body: JsonObject | string, headers: Record<string, string> = {}) {
    super(`xero answers ${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** The body of a 401 or 403. */
export const refusal = (status: 401 | 403, detail: string): JsonObject => ({
  Type: null,
  Title: status === 401 ? 'Unauthorized' : 'Forbidden',
  Status: status,
  Detail: detail,
  Instance: randomUUID(),
  Extensions: {},
});

export const validationBody = (elements: JsonObject[]): JsonObject => ({
  ErrorNumber: 10,
  Type: 'ValidationException',
  Message: 'A validation exception occurred',
  Elements: elements,
});

export const queryError = (message: string): XeroError =>
  new XeroError(400, { ErrorNumber: 16, Type: 'QueryParseException', Message: message });

export const badRequest = (message: string): XeroError =>
  new XeroError(400, { ErrorNumber: 14, Type: 'PostDataInvalidException', Message: message });

export const notFound = (): XeroError =>
  new XeroError(404, "The resource you're looking for cannot be found", { 'content-type': 'text/html' });

/** The token endpoint's errors are those of RFC 6749. */
export const oauthError = (error: string): XeroError => new XeroError(400, { error });

export const offlinePage =
  '<html><head><title>Service unavailable</title></head><body>The Xero API is currently offline for maintenance</body></html>';
