import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answer } from './company.ts';
import type { Company } from './company.ts';
import { XeroError, badRequest, notFound, refusal } from './errors.ts';
import type { AccessToken } from './events.ts';
import { limitHeaders } from './limits.ts';

/** The valid token of a call. @throws XeroError 401 */
export function tokenOf({ store }: Company, request: FastifyRequest): AccessToken {
  const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const access = store.accessTokens.get(given);
  if (!access) throw new XeroError(401, refusal(401, 'AuthenticationUnsuccessful'));
  if (access.expiresAt <= Date.now()) {
    const at = new Date(access.expiresAt).toISOString();
    throw new XeroError(401, refusal(401, `TokenExpired: token expired at ${at}`));
  }
  return access;
}

/** What every call of the accounting API passes: token, organisation, limits, latency. */
export function guard(app: FastifyInstance, company: Company): void {
  const { limits, settings } = company;
  app.addHook('onRequest', (request, reply, done) => {
    requireTenant(company, request);
    const now = Date.now();
    const problem = limits.enter(now);
    reply.headers(limits.headers(now));
    if (problem) {
      reply.code(429).headers(limitHeaders(problem, now)).send('');
      return;
    }
    // In every case, also when the caller has left or the connection was cut.
    reply.raw.once('close', () => limits.leave());
    if (settings.latencyMs > 0) setTimeout(done, settings.latencyMs).unref();
    else done();
  });
}

/** A custom connection has one organisation and may leave the header out; a wrong one is a 403. */
function requireTenant(company: Company, request: FastifyRequest): void {
  const { tenantIds } = tokenOf(company, request);
  const tenant = request.headers['xero-tenant-id'];
  const isMeant = tenant === undefined ? tenantIds.length === 1 : tenantIds.includes(String(tenant));
  if (!isMeant) throw new XeroError(403, refusal(403, 'AuthenticationUnsuccessful'));
}

export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, _request, reply) => answerError(error, reply));
  app.setNotFoundHandler((_request, reply) => answerError(notFound(), reply));
}

function answerError(error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof XeroError) {
    if (typeof error.body !== 'string') return answer(reply, error.status, error.body);
    return reply.code(error.status).headers(error.headers).send(error.body);
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status < 500) return answerError(badRequest('The body could not be read'), reply);
  process.stderr.write(`sandbox: xero: ${error instanceof Error ? error.stack : String(error)}\n`);
  return answer(reply, 500, {
    Type: null,
    Title: 'An error occurred',
    Status: 500,
    Detail: 'An error occurred',
  });
}
