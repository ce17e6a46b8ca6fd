import type { FastifyInstance, FastifyReply } from 'fastify';
import { ZendeskError, forbidden, notFound, tooMany, unauthenticated } from './errors.ts';
import type { Helpdesk } from './helpdesk.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a resource's scope is named after: `tickets` is read by `read` and by `tickets:read`. */
    zendeskResource?: string;
  }
}

/** The options of a route that reads a resource. */
export const reads = (zendeskResource: string): { config: { zendeskResource: string } } => ({
  config: { zendeskResource },
});

/** What every call passes: token, scopes, limits, latency; and what turns errors into Zendesk's bodies. */
export function guard(app: FastifyInstance, desk: Helpdesk): void {
  app.addHook('onRequest', (request, reply, done) => {
    const resource = request.routeOptions.config.zendeskResource;
    if (resource === undefined) return done();
    admit(desk.calls, desk.settings.rate);
    if (request.url.includes('/incremental/')) admit(desk.exports, desk.settings.exportRate);
    const scopes = scopesOf(desk, request.headers.authorization ?? '');
    if (!scopes.includes('read') && !scopes.includes(`${resource}:read`)) {
      throw forbidden(`You are missing the following required scopes: read, ${resource}:read`);
    }
    reply.header('x-rate-limit', String(desk.settings.rate));
    if (desk.settings.latencyMs > 0) setTimeout(done, desk.settings.latencyMs).unref();
    else done();
  });

  app.setErrorHandler((error, _request, reply) => answerError(error, reply));
  app.setNotFoundHandler((_request, reply) => answerError(notFound(), reply));
}

function admit(window: Helpdesk['calls'], limit: number): void {
  const now = Date.now();
  if (window.count(now) >= limit) throw tooMany(limit, 17);
  window.add(now);
}

function scopesOf({ tokens }: Helpdesk, header: string): string[] {
  const token = tokens.get(/^Bearer (\S+)$/.exec(header)?.[1] ?? '');
  if (!token || token.expiresAt < Date.now()) throw unauthenticated();
  return token.scopes;
}

function answerError(error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof ZendeskError) {
    return reply.code(error.status).headers(error.headers).send(error.body);
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status < 500) return reply.code(status).send({ error: 'BadRequest', description: String(error) });
  process.stderr.write(`sandbox: zendesk: ${error instanceof Error ? error.stack : String(error)}\n`);
  return reply.code(500).send({ error: 'InternalError' });
}
