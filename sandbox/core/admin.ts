import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RecentCalls } from './calls.ts';
import { BadFaultRule } from './faults.ts';
import { isLocalRequest } from './local-only.ts';
import { renderPage } from './page.ts';
import type { Overview } from './page.ts';
import type { Running } from './provider.ts';

const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** `/_sandbox`: what the simulators hold and did, and the means to disturb them. No token, this machine only. */
export function adminRoutes(
  app: FastifyInstance,
  running: Running[],
  calls: RecentCalls,
  reset: () => void,
): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (isLocalRequest(request)) done();
    else reply.code(403).send({ message: 'the admin routes answer this machine only' });
  });
  acceptEmptyBodies(app);

  app.get('/', (request, reply) => {
    const overview = overviewOf(running, calls);
    if (!wantsPage(request)) return overview;
    reply.header('content-type', 'text/html; charset=utf-8').header('content-security-policy', PAGE_POLICY);
    return renderPage(overview);
  });

  app.get('/effects', () => effectsOf(running));

  app.get('/calls', () => ({ total: calls.count(), calls: calls.list() }));

  app.post('/reset', (_request, reply) => {
    reset();
    return reply.code(204).send();
  });

  for (const one of running) {
    app.register(
      async (scope) => {
        faultRoutes(scope, one);
        one.provider.adminRoutes(scope);
      },
      { prefix: `/${one.provider.name}` },
    );
  }
}

/** `POST` takes one rule or a list of them. */
function faultRoutes(app: FastifyInstance, { provider, faults }: Running): void {
  app.get('/faults', () => faults.list());

  app.post('/faults', (request, reply): FastifyReply => {
    const rules: unknown[] = Array.isArray(request.body) ? request.body : [request.body];
    try {
      faults.add(rules, provider.faultKinds);
    } catch (error) {
      if (!(error instanceof BadFaultRule)) throw error;
      return reply.code(400).send({ message: error.message });
    }
    return reply.code(201).send(faults.list());
  });

  app.delete('/faults', (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
}

function effectsOf(running: Running[]): object {
  const totals = { created: 0, updated: 0, unchangedWrites: 0, duplicates: 0 };
  const byProvider: Record<string, unknown> = {};
  for (const { provider } of running) {
    const effects = provider.effects();
    byProvider[provider.name] = effects;
    for (const { created, updated, unchangedWrites, duplicates, shared } of Object.values(effects)) {
      totals.created += created;
      totals.updated += updated;
      totals.unchangedWrites += unchangedWrites;
      totals.duplicates += new Set([...duplicates, ...shared]).size;
    }
  }
  return { totals, providers: byProvider };
}

function overviewOf(running: Running[], calls: RecentCalls): Overview {
  const providers: Overview['providers'] = {};
  for (const { provider, faults } of running) {
    const effects: Overview['providers'][string]['effects'] = {};
    for (const [kind, { byKey, ...counts }] of Object.entries(provider.effects())) {
      effects[kind] = { ...counts, keys: Object.keys(byKey).length };
    }
    const basePath = `/${provider.name}`;
    providers[provider.name] = { basePath, ...provider.overview(), effects, faults: faults.list() };
  }
  const links = { effects: '/_sandbox/effects', calls: '/_sandbox/calls' };
  return { providers, calls: { total: calls.count(), recent: calls.list() }, links };
}

/** Browsers ask for HTML by name; everything else gets JSON. */
const wantsPage = (request: FastifyRequest): boolean =>
  request.headers.accept?.includes('text/html') ?? false;

function acceptEmptyBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(String(body)));
    } catch {
      done(Object.assign(new Error('the body is not JSON'), { statusCode: 400 }), undefined);
    }
  });
}
