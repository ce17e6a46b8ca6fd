import type { FastifyInstance } from 'fastify';
import { timingSafeEqual } from 'node:crypto';
import { asObject, asString } from '../../../core/json.ts';
import { answer } from '../company.ts';
import type { Company } from '../company.ts';
import { XeroError, badRequest } from '../errors.ts';
import { tokenOf } from '../gate.ts';
import type { Oauth } from '../oauth.ts';
import { presentConnection } from '../present.ts';

/** The authorization server's pages and endpoints, and what an authorization opens. */
export function connectRoutes(app: FastifyInstance, company: Company, oauth: Oauth): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    },
  );

  // The person who would be asked here has consented already.
  app.get('/connect/authorize', (request, reply) => {
    const query = asObject(request.query);
    const redirectUri = asString(query['redirect_uri']) ?? '';
    if (
      query['client_id'] !== company.clientId ||
      query['response_type'] !== 'code' ||
      !URL.canParse(redirectUri)
    )
      throw badRequest('The client, the response type or the redirect address is not known');
    const challenge =
      query['code_challenge_method'] === 'S256' ? asString(query['code_challenge']) : undefined;
    const code = oauth.consent({ scope: asString(query['scope']) ?? '', challenge, redirectUri });
    const target = new URL(redirectUri);
    target.searchParams.set('code', code);
    target.searchParams.set('state', asString(query['state']) ?? '');
    return reply.redirect(target.toString(), 302);
  });

  app.post('/connect/token', (request, reply) => {
    requireClient(company, request.headers.authorization);
    const form = asObject(request.body) as Record<string, string>;
    return answer(reply, 200, oauth.token(form));
  });

  app.get('/connections', (request, reply) => {
    const { tenantIds, authEventId } = tokenOf(company, request);
    const organisations = tenantIds.flatMap((id) => company.store.organisations.get(id) ?? []);
    const wanted = asString(asObject(request.query)['authEventId']);
    const shown = wanted === undefined || wanted === authEventId ? organisations : [];
    return answer(
      reply,
      200,
      shown.map((one) => presentConnection(one, authEventId)),
    );
  });
}

function requireClient({ clientId, clientSecret }: Company, header: string | undefined): void {
  const expected = Buffer.from(`Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`);
  const given = Buffer.from(header ?? '');
  const fits = given.length === expected.length && timingSafeEqual(given, expected);
  if (!fits) throw new XeroError(401, { error: 'invalid_client' });
}
