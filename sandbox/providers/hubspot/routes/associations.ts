import type { FastifyInstance } from 'fastify';
import { asArray, asObject } from '../../../core/json.ts';
import type { JsonObject } from '../../../core/json.ts';
import type { Account } from '../account.ts';
import { answer } from '../answers.ts';
import { linkTo, readTypes } from '../association-input.ts';
import type { Link, ObjectRef } from '../associations.ts';
import { idIn } from '../batch-input.ts';
import { badRequest, itemError, objectsNotFound } from '../errors.ts';
import { kindNamed, kinds } from '../kinds.ts';
import type { KindFacts } from '../kinds.ts';
import type { Portal } from '../portal.ts';
import { isoTime } from '../record.ts';
import { needs } from '../scopes.ts';

const ONE = '/crm/v4/objects/:from/:id/associations/:to';
const INPUTS_MAX = 1_000;
/** HubSpot takes a scope of either of the two kinds; asking for any object scope is as near as a route can tell. */
const READING = needs(kinds.flatMap(({ scopes }) => scopes.read));
const CHANGING = needs(kinds.flatMap(({ scopes }) => scopes.write));

/** Associations by the fourth version of their API. */
export function associationRoutes(app: FastifyInstance, { account, commit }: Portal): void {
  app.put(`${ONE}/:toId`, CHANGING, (request, reply) => {
    const { from, to, toId } = readPath(account, request.params);
    const links = readTypes(request.body).map((typeId) => linkTo(account, from, toId, typeId));
    if (links.some((link) => link.to.kind !== to.kind)) throw badRequest('the type leads to another kind');
    for (const link of links) commit({ type: 'associated', link });
    const [first] = links;
    return answer(reply, 201, {
      ...{ fromObjectTypeId: factsOf(from.kind).typeId, fromObjectId: from.id },
      ...{ toObjectTypeId: to.typeId, toObjectId: first?.to.id, labels: [] },
    });
  });

  app.delete(`${ONE}/:toId`, CHANGING, (request, reply) => {
    const { from, to, toId } = readPath(account, request.params);
    const link = account.associations.of(from, to.kind).find((one) => one.to.id === toId);
    if (link) commit({ type: 'dissociated', link });
    return reply.code(204).send();
  });

  app.get(ONE, READING, (request, reply) => {
    const { from, to } = readPath(account, request.params);
    return answer(reply, 200, { results: linksOf(account, from, to).map(presentLink) });
  });

  app.post('/crm/v4/associations/:from/:to/batch/read', READING, (request, reply) => {
    const startedAt = isoTime(Date.now());
    const params = asObject(request.params);
    const [from, to] = [factsOf(params['from']), factsOf(params['to'])];
    const ids = readIds(request.body);
    const found = ids.map((id) => ({ id, links: linksOf(account, { kind: from.kind, id }, to) }));
    const results = found
      .filter(({ links }) => links.length > 0)
      .map(({ id, links }) => ({ from: { id }, to: links.map(presentLink) }));
    const none = found.filter(({ links }) => links.length === 0).map(({ id }) => id);
    const read = { status: 'COMPLETE', results, startedAt, completedAt: isoTime(Date.now()) };
    if (none.length === 0) return answer(reply, 200, read);
    const errors = none.map((id) => ({
      ...itemError('OBJECT_NOT_FOUND', `No ${to.singular} is associated with ${from.singular} ${id}.`, {
        fromObjectId: [id],
      }),
      subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
    }));
    return answer(reply, 207, { ...read, numErrors: errors.length, errors });
  });
}

type Ends = { from: ObjectRef; to: KindFacts; toId: string };

function readPath(account: Account, input: unknown): Ends {
  const { from, id, to, toId } = asObject(input);
  const ref = { kind: factsOf(from).kind, id: String(id) };
  if (!account.of(ref.kind).live(ref.id)) throw objectsNotFound(ref.kind, [ref.id]);
  return { from: ref, to: factsOf(to), toId: String(toId) };
}

function factsOf(name: unknown): KindFacts {
  const facts = kindNamed(String(name));
  if (!facts) throw badRequest(`Unable to infer object type from: ${String(name)}`);
  return facts;
}

const linksOf = (account: Account, from: ObjectRef, to: KindFacts): Link[] =>
  account.associations.of(from, to.kind).filter((link) => account.of(link.to.kind).live(link.to.id));

const presentLink = ({ to, typeId }: Link): JsonObject => ({
  toObjectId: to.id,
  associationTypes: [{ category: 'HUBSPOT_DEFINED', typeId }],
});

function readIds(body: unknown): string[] {
  const ids = asArray(asObject(body)['inputs']).map(idIn);
  if (ids.length === 0 || ids.length > INPUTS_MAX) {
    throw badRequest(`inputs holds 1 to ${INPUTS_MAX} objects`);
  }
  return ids;
}
