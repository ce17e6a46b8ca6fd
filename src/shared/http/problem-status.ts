import { defineError, type ErrorDefinition, type ErrorKind } from '../kernel/coded-error.js';

/**
 * The HTTP status of each kind of error. 409 for `uncertain`: nothing between here and the caller may repeat the
 * request by itself, as it may with a 5xx. 422 for `permanent`: the request was understood and will never succeed.
 */
const statusOfKind: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  uncertain: 409,
  permanent: 422,
  transient: 503,
};

const statusOfCode = new Map<string, number>();

/** Defines an error that HTTP has a more exact status for than its kind's. */
export function defineProblem(
  status: number,
  code: string,
  kind: ErrorKind,
  summary: string,
): ErrorDefinition {
  statusOfCode.set(code, status);
  return defineError(code, kind, summary);
}

/** The status that an error is answered with. */
export function statusOf(error: { readonly code: string; readonly kind: ErrorKind }): number {
  return statusOfCode.get(error.code) ?? statusOfKind[error.kind];
}
