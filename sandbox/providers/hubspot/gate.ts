import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { answer } from './answers.ts';
import {
  HubspotError,
  badRequest,
  errorBody,
  missingScopesBody,
  notFound,
  rateLimitBody,
  unauthenticatedBody,
} from './errors.ts';
import type { Portal } from './portal.ts';

/** What every call passes: token, limits, scopes, latency; and what turns errors into HubSpot's bodies. */
export function guard(app: FastifyInstance, token: string, { settings, limits, scopes }: Portal): void {
  const expected = Buffer.from(`Bearer ${token}`);

  app.addHook('onRequest', (request, reply, done) => {
    if (!sameBytes(Buffer.from(request.headers.authorization ?? ''), expected)) {
      answer(reply, 401, unauthenticatedBody());
      return;
    }
    const now = Date.now();
    const isSearch = request.routeOptions.url?.endsWith('/search') ?? false;
    const refusedBy = limits.admit(isSearch, now);
    if (!isSearch) reply.headers(limits.headers(now));
    if (refusedBy) {
      answer(reply, 429, rateLimitBody(refusedBy));
      return;
    }
    const needed = request.routeOptions.config.scopes;
    if (needed && !scopes.allow(needed)) {
      answer(reply, 403, missingScopesBody(needed));
      return;
    }
    if (settings.latencyMs > 0) setTimeout(done, settings.latencyMs).unref();
    else done();
  });

  app.setErrorHandler((error, _request, reply) => answerError(error, reply));
  app.setNotFoundHandler((_request, reply) => answerError(notFound(), reply));
}

function answerError(error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof HubspotError) return answer(reply, error.status, error.body);
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status === 400) return answerError(badRequest('Invalid input JSON'), reply);
  if (status < 500) return answer(reply, status, errorBody('VALIDATION_ERROR', String(error)));
  process.stderr.write(`sandbox: hubspot: ${error instanceof Error ? error.stack : String(error)}\n`);
  return answer(reply, 500, errorBody('INTERNAL_ERROR', 'internal error'));
}

const sameBytes = (given: Buffer, expected: Buffer): boolean =>
  given.length === expected.length && timingSafeEqual(given, expected);
