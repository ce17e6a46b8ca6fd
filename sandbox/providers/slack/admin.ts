import type { FastifyInstance } from 'fastify';
import { asObject, asString, asStrings } from '../../core/json.ts';
import { ALL_SCOPES } from './methods.ts';
import type { Slack } from './parts.ts';
import { changeSettings } from './settings.ts';

/** What was posted, newest last; channels and people; what the token may do; limits. */
export function slackAdminRoutes(app: FastifyInstance, slack: Slack): void {
  const { workspace, settings, rates, scopes, commit } = slack;

  app.get('/messages', (request) => {
    const { contains, channel } = asObject(request.query);
    const messages = workspace.messages.filter(
      (one) =>
        (channel === undefined || one.channel === channel) &&
        `${one.text}\n${JSON.stringify(one.blocks)}`.includes(asString(contains) ?? ''),
    );
    return { total: messages.length, messages };
  });

  app.get('/channels', () => ({ channels: [...workspace.channels.values()] }));

  app.put('/channels/:id', (request, reply) => {
    const { id } = asObject(request.params);
    const { name, kind, isMember, isArchived } = asObject(request.body);
    if (!/^[CG][A-Z0-9]{2,20}$/.test(String(id))) {
      return reply.code(400).send({ message: 'an id is C or G and 2 to 20 capital letters and digits' });
    }
    const channel = {
      id: String(id),
      name: asString(name) ?? String(id).toLowerCase(),
      kind: kind === 'private' ? ('private' as const) : ('public' as const),
      isMember: isMember !== false,
      isArchived: isArchived === true,
    };
    commit({ type: 'channel-set', channel });
    return reply.send(channel);
  });

  app.get('/people', () => ({ people: [...workspace.people.values()] }));

  app.put('/people/:id', (request, reply) => {
    const { id } = asObject(request.params);
    const { name, email, isDeleted } = asObject(request.body);
    if (!/^[UW][A-Z0-9]{2,20}$/.test(String(id)) || asString(email) === undefined) {
      return reply
        .code(400)
        .send({ message: 'a person has an email, and an id of U or W and capital letters and digits' });
    }
    const given = { name: asString(name) ?? String(id), email: String(email).toLowerCase() };
    const person = { id: String(id), ...given, isDeleted: isDeleted === true };
    commit({ type: 'person-set', person });
    return reply.send(person);
  });

  app.get('/scopes', () => ({ scopes: [...scopes] }));

  app.put('/scopes', (request, reply) => {
    scopes.clear();
    const wanted = asStrings(request.body);
    for (const scope of Array.isArray(request.body) ? wanted : ALL_SCOPES) scopes.add(scope);
    return reply.send({ scopes: [...scopes] });
  });

  app.get('/settings', () => settings);

  app.put('/settings', (request, reply) => {
    const problem = changeSettings(settings, request.body);
    if (problem !== undefined) return reply.code(400).send({ message: problem });
    rates.clear();
    return reply.send(settings);
  });
}
