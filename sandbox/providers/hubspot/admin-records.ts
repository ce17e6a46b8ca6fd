import type { FastifyInstance, FastifyReply } from 'fastify';
import { asObject, asString } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { answer } from './answers.ts';
import { notFound } from './errors.ts';
import { personSource } from './events.ts';
import type { Source } from './events.ts';
import { kinds } from './kinds.ts';
import type { KindFacts } from './kinds.ts';
import { writing } from './portal.ts';
import type { Portal } from './portal.ts';
import { presentHistory, presentWritten } from './record.ts';
import type { CrmRecord } from './record.ts';
import { RecordWrites } from './record-writes.ts';

const A_PERSON = 70010001;
const LISTED = 1000;

/** For each kind: look at its records, and enter, change and delete them as a person does in HubSpot's own pages. */
export function recordAdminRoutes(app: FastifyInstance, portal: Portal): void {
  for (const facts of kinds) {
    lookRoutes(app, portal, facts);
    actRoutes(app, portal, facts);
  }
}

function lookRoutes(app: FastifyInstance, portal: Portal, facts: KindFacts): void {
  const store = portal.account.of(facts.kind);

  app.get(`/${facts.kind}`, (request, reply) => {
    const email = asString(asObject(request.query)['email']);
    const records =
      email === undefined
        ? [...store.records.values()].slice(-LISTED)
        : [store.byUnique('email', email.trim().toLowerCase())];
    const results = records.filter((record) => record !== undefined).map((record) => show(record, facts));
    return answer(reply, 200, { total: email === undefined ? store.records.size : results.length, results });
  });

  app.get(`/${facts.kind}/:id`, (request, reply) =>
    showWhole(reply, portal, facts, store.records.get(idOf(request))),
  );
}

function actRoutes(app: FastifyInstance, portal: Portal, facts: KindFacts): void {
  const { kind } = facts;
  const store = portal.account.of(kind);

  app.post(`/${kind}`, (request, reply) => {
    const { properties, associations } = asObject(request.body);
    const writes = new RecordWrites(writing(portal, kind, personOf(request)));
    const { id } = writes.planCreate(properties, associations);
    writes.commit();
    return showWhole(reply.code(201), portal, facts, store.live(id));
  });

  app.put(`/${kind}/:id/as-person`, (request, reply) => {
    const record = store.live(idOf(request));
    if (!record) throw notFound();
    const writes = new RecordWrites(writing(portal, kind, personOf(request)));
    writes.planChange(record, asObject(request.body)['properties']);
    writes.commit();
    return showWhole(reply, portal, facts, record);
  });

  app.delete(`/${kind}/:id`, (request, reply) => {
    const id = idOf(request);
    if (!store.live(id)) throw notFound();
    portal.commit({ type: 'record-archived', kind, id, at: Date.now(), by: personSource(A_PERSON) });
    return reply.code(204).send();
  });
}

const idOf = (request: { params: unknown }): string => String(asObject(request.params)['id']);

const personOf = (request: { body: unknown }): Source =>
  personSource(Number(asObject(request.body)['userId'] ?? A_PERSON));

const show = (record: CrmRecord, facts: KindFacts): JsonObject =>
  presentWritten(record, record.values.keys(), facts);

/** With its history, and what it is associated with by kind. */
function showWhole(
  reply: FastifyReply,
  { account }: Portal,
  facts: KindFacts,
  record: CrmRecord | undefined,
): FastifyReply {
  if (!record) throw notFound();
  const propertiesWithHistory = presentHistory(record, record.history.keys());
  const associations: Record<string, string[]> = {};
  for (const { kind } of kinds) {
    const links = account.associations.of({ kind: facts.kind, id: record.id }, kind);
    if (links.length > 0) associations[kind] = links.map(({ to }) => to.id);
  }
  return answer(reply, reply.statusCode, { ...show(record, facts), propertiesWithHistory, associations });
}
