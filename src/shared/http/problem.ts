import { HttpException } from '@nestjs/common';
import { isConflictOfTransactions, isConnectionError, sqlState } from '../database/pg-errors.js';
import { CodedError, errorCatalogue, type ErrorDefinition } from '../kernel/coded-error.js';
import * as errors from './http.errors.js';
import { statusOf } from './problem-status.js';

/** The media type of RFC 9457. */
export const problemType = 'application/problem+json';

/** A value of the request that was not accepted: where (JSON Pointer, RFC 6901), and why. */
export interface ProblemItem {
  readonly pointer: string;
  readonly message: string;
}

/** The body of an unsuccessful answer (RFC 9457). */
export interface Problem {
  /** `/docs/errors#<code>`, relative to the server. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code: string;
  readonly correlationId: string;
  readonly errors?: readonly ProblemItem[];
  readonly details?: Record<string, unknown>;
}

export interface ProblemAnswer {
  readonly problem: Problem;
  readonly headers: Record<string, string>;
  /** Whether the answer hides a defect that only the log tells. */
  readonly isDefect: boolean;
}

const defaultRetryAfterMs = 5_000;

/** What an error is answered with. Nothing of an error that isn't coded gets out. */
export function problemOf(error: unknown, correlationId: string): ProblemAnswer {
  const coded = codedOf(error);
  const status = statusOf(coded);
  const { errors: items, ...details } = coded.details;
  const summary = summaryOf(coded);
  const problem: Problem = {
    type: `/docs/errors#${coded.code}`,
    title: summary,
    status,
    ...(coded.message !== summary && { detail: coded.message }),
    code: coded.code,
    correlationId,
    ...(Array.isArray(items) && { errors: items as ProblemItem[] }),
    ...(Object.keys(details).length > 0 && { details }),
  };
  return { problem, headers: headersOf(coded, status), isDefect: coded.code === errors.Internal.code };
}

function headersOf(error: CodedError, status: number): Record<string, string> {
  const headers: Record<string, string> = {};
  if (status === 401 && error.code.startsWith('ACCESS.')) {
    const challenge = error.code === 'ACCESS.KEY_MISSING' ? '' : ', error="invalid_token"';
    headers['www-authenticate'] = `Bearer realm="signalbox"${challenge}`;
  }
  if (status === 503 || status === 429 || error.retryAfterMs !== undefined) {
    headers['retry-after'] = String(
      Math.max(1, Math.ceil((error.retryAfterMs ?? defaultRetryAfterMs) / 1000)),
    );
  }
  return headers;
}

/** The catalogue's sentence for the code: `title` says the same each time, `detail` what is special this time. */
function summaryOf(error: CodedError): string {
  return errorCatalogue().find(({ code }) => code === error.code)?.summary ?? error.message;
}

/** The coded error that stands for any error. */
export function codedOf(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  if (error instanceof HttpException) return definitionFor(error.getStatus())({ cause: error });
  if (isDatabaseTrouble(error)) return errors.Unavailable({ cause: error });
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500)
    return definitionFor(status)({ cause: error });
  return errors.Internal({ cause: error });
}

/** Lost connections, full disks, exhausted pools and lock timeouts: the same request may pass later. */
function isDatabaseTrouble(error: unknown): boolean {
  if (isConnectionError(error) || isConflictOfTransactions(error)) return true;
  const state = sqlState(error) ?? '';
  return state.startsWith('53') || ['55P03', '57014', '25006'].includes(state);
}

/** Fastify's and Nest's own errors, by status; their messages may repeat what was sent, so they stay inside. */
const byStatus: Record<number, ErrorDefinition> = {
  400: errors.Malformed,
  404: errors.RouteUnknown,
  405: errors.MethodNotAllowed,
  408: errors.RequestTimeout,
  413: errors.TooLarge,
  414: errors.AddressTooLong,
  415: errors.MediaTypeUnsupported,
  429: errors.RateLimited,
  431: errors.HeadersTooLarge,
  503: errors.Unavailable,
};

function definitionFor(status: number): ErrorDefinition {
  return byStatus[status] ?? (status < 500 ? errors.Malformed : errors.Internal);
}
