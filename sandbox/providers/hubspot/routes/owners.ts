import type { FastifyInstance } from 'fastify';
import { asObject, asString } from '../../../core/json.ts';
import type { JsonObject } from '../../../core/json.ts';
import { answer } from '../answers.ts';
import { badRequest, notFound } from '../errors.ts';
import type { Owner } from '../owners.ts';
import type { Portal } from '../portal.ts';
import { isoTime } from '../record.ts';
import { needs } from '../scopes.ts';

const SINCE = isoTime(Date.UTC(2024, 0, 1));
const PAGE_MAX = 500;

/** The users to whom records can belong; deactivated ones are asked for by `archived=true`. */
export function ownerRoutes(app: FastifyInstance, { account }: Portal): void {
  const reading = needs(['crm.objects.owners.read']);

  for (const path of ['/crm/v3/owners', '/crm/v3/owners/']) {
    app.get(path, reading, (request, reply) => {
      const query = asObject(request.query);
      const limit = Number(query['limit'] ?? 100);
      if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_MAX) {
        throw badRequest(`limit is a number from 1 to ${PAGE_MAX}`);
      }
      const after = Number(query['after'] ?? 0);
      const wanted = [...account.owners.values()].filter((owner) => isWanted(owner, query));
      const rest = wanted.filter(({ id }) => Number(id) > after);
      const page = rest.slice(0, limit);
      const last = page.at(-1);
      const paging = rest.length > limit && last ? { paging: { next: { after: last.id } } } : {};
      return answer(reply, 200, { results: page.map(presentOwner), ...paging });
    });
  }

  app.get('/crm/v3/owners/:ownerId', reading, (request, reply) => {
    const query = asObject(request.query);
    const wanted = String(asObject(request.params)['ownerId']);
    const byUser = query['idProperty'] === 'userId';
    const owner = [...account.owners.values()].find((one) =>
      byUser ? String(one.userId) === wanted : one.id === wanted,
    );
    if (!owner || owner.archived !== (query['archived'] === 'true')) throw notFound();
    return answer(reply, 200, presentOwner(owner));
  });
}

function isWanted(owner: Owner, query: JsonObject): boolean {
  const email = asString(query['email'])?.toLowerCase();
  const archived = query['archived'] === 'true';
  return owner.archived === archived && (!email || owner.email.toLowerCase() === email);
}

/** A deactivated user has no `userId` any more. */
export function presentOwner(owner: Owner): JsonObject {
  const { id, userId, email, firstName, lastName, archived } = owner;
  return {
    ...{ id, email, type: 'PERSON', firstName, lastName },
    ...(archived ? {} : { userId }),
    ...{ userIdIncludingInactive: userId, createdAt: SINCE, updatedAt: SINCE, archived },
  };
}
