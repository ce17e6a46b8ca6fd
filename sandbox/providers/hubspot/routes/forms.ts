import type { FastifyInstance } from 'fastify';
import { asObject, asString } from '../../../core/json.ts';
import { answer } from '../answers.ts';
import { badRequest, notFound } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { needs } from '../scopes.ts';

const PAGE_MAX = 50;
const PAGE_DEFAULT = 20;

/** What people submitted to a form, newest first; `after` says how many of them were seen. */
export function formRoutes(app: FastifyInstance, { account }: Portal): void {
  app.get('/form-integrations/v1/submissions/forms/:guid', needs(['forms']), (request, reply) => {
    const query = asObject(request.query);
    const limit = Number(query['limit'] ?? PAGE_DEFAULT);
    if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_MAX) {
      throw badRequest(`limit is a number from 1 to ${PAGE_MAX}`);
    }
    const submissions = account.forms.submissions(String(asObject(request.params)['guid']));
    if (!submissions) throw notFound();
    const seen = seenBy(asString(query['after']));
    const next = seen + limit < submissions.length ? tokenOf(seen + limit) : undefined;
    const paging = next === undefined ? {} : { paging: { next: { after: next, link: `?after=${next}` } } };
    return answer(reply, 200, { results: submissions.slice(seen, seen + limit), ...paging });
  });
}

/** HubSpot's tokens mean nothing to anybody else. */
const tokenOf = (seen: number): string => Buffer.from(`seen:${seen}`).toString('base64url');

function seenBy(token: string | undefined): number {
  if (token === undefined) return 0;
  const seen = /^seen:(\d{1,6})$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (seen === undefined) throw badRequest('after is none of our tokens');
  return Number(seen);
}
