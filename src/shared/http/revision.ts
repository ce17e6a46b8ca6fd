import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Malformed, PreconditionFailed, PreconditionRequired } from './http.errors.js';

/** The ETag of a resource by its revision number (RFC 9110, section 8.8.3). */
export function etagOf(revision: number): string {
  return `"r${revision}"`;
}

/** Sends the revision that a later `If-Match` is to name. */
export function setEtag(reply: FastifyReply, revision: number): void {
  reply.header('etag', etagOf(revision));
}

/**
 * The revision that an `If-Match` header names.
 * @throws HTTP.PRECONDITION_REQUIRED without one, and for `*`, which protects nobody's change
 * @throws HTTP.MALFORMED, or HTTP.PRECONDITION_FAILED for a tag that this product never gave out
 */
export function revisionOf(header: string | undefined): number {
  if (header === undefined || header.trim() === '*') throw PreconditionRequired();
  if (!/^(W\/)?"[^"]*"$/.test(header.trim()))
    throw Malformed({ message: 'If-Match must name one entity tag.' });
  const revision = /^"r(\d{1,9})"$/.exec(header.trim())?.[1];
  if (revision === undefined) throw PreconditionFailed();
  return Number(revision);
}

/** Gives a controller's method the revision that the caller has read. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): number =>
  revisionOf(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']),
);

/** @throws HTTP.PRECONDITION_FAILED */
export function requireRevision(expected: number, actual: number): void {
  if (expected !== actual) throw PreconditionFailed({ details: { current: etagOf(actual) } });
}
