import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { RollingWindow } from '../../core/rolling-window.ts';
import { answer } from './account.ts';
import type { Account } from './account.ts';
import { StripeError, apiErrorBody, invalidRequest, rateLimit, unauthenticated } from './errors.ts';
import { readForm } from './form.ts';
import { API_VERSION } from './present.ts';

/** What every call passes: key, limit; and what turns errors into Stripe's bodies. */
export function guard(app: FastifyInstance, account: Account, window: RollingWindow): void {
  const { settings } = account;
  const expected = Buffer.from(`Bearer ${account.apiKey}`);
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, readForm(String(body)));
    },
  );

  app.addHook('onRequest', (request, reply, done) => {
    const version = request.headers['stripe-version'] ?? API_VERSION;
    reply.headers({ 'request-id': `req_${randomBytes(7).toString('hex')}`, 'stripe-version': version });
    const given = Buffer.from(request.headers.authorization ?? '');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw unauthenticated();
    const now = Date.now();
    if (window.count(now) >= settings.rate) {
      reply.header('stripe-rate-limited-reason', 'global-rate').header('stripe-should-retry', 'true');
      answer(reply, 429, rateLimit());
      return;
    }
    window.add(now);
    // What writes waits later, while its idempotency key is taken.
    if (request.method === 'GET' && settings.latencyMs > 0) setTimeout(done, settings.latencyMs).unref();
    else done();
  });
  answerErrors(app);
}

export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, _request, reply) => answerError(error, reply));
  app.setNotFoundHandler((request, reply) =>
    answerError(
      invalidRequest(`Unrecognized request URL (${request.method}: ${request.url}).`, {}, 404),
      reply,
    ),
  );
}

function answerError(error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof StripeError) return answer(reply.headers(error.headers), error.status, error.body);
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status < 500) return answerError(invalidRequest(String(error)), reply);
  process.stderr.write(`sandbox: stripe: ${error instanceof Error ? error.stack : String(error)}\n`);
  return answer(reply, 500, apiErrorBody());
}
