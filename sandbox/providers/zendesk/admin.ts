import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { asAmount, asObject, asString, asStrings } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Helpdesk } from './helpdesk.ts';
import { AGENT_ID, REQUESTER_ID } from './records.ts';
import type { Ticket, Webhook } from './records.ts';
import { presentTicket } from './routes.ts';
import { changeSettings } from './settings.ts';

const DEFAULT_SUBSCRIPTIONS = ['zen:event-type:ticket.status_changed'];

/** Acts as a person in Zendesk, sets its webhooks up, and says what the client may do. */
export function zendeskAdminRoutes(app: FastifyInstance, desk: Helpdesk): void {
  ticketRoutes(app, desk);
  webhookRoutes(app, desk);

  app.get('/settings', () => desk.settings);
  app.put('/settings', (request, reply) => {
    const problem = changeSettings(desk.settings, request.body);
    return problem === undefined ? desk.settings : reply.code(400).send({ message: problem });
  });

  app.get('/scopes', () => [...desk.scopes]);
  app.put('/scopes', (request) => {
    desk.scopes.clear();
    for (const scope of asStrings(request.body)) desk.scopes.add(scope);
    desk.tokens.clear();
    return [...desk.scopes];
  });

  app.put('/user', (request) => {
    desk.user.role = asString(asObject(request.body)['role']) ?? 'admin';
    return desk.user;
  });
  app.post('/tokens/revoke', () => {
    desk.tokens.clear();
    return { revoked: true };
  });
}

function ticketRoutes(app: FastifyInstance, { store, commit }: Helpdesk): void {
  app.get('/tickets', () => ({ tickets: store.byChange().map(presentTicket) }));

  app.post('/tickets', (request, reply) => {
    const now = Date.now();
    const ticket: Ticket = {
      ...{ id: store.nextId, externalId: null, createdAt: now, updatedAt: now },
      ...{ subject: 'Help', description: 'Something is wrong.', type: null, priority: null, status: 'new' },
      ...{ requesterId: REQUESTER_ID, assigneeId: null, groupId: null, tags: [] },
    };
    const made = changed(ticket, asObject(request.body));
    commit({ type: 'ticket-put', ticket: { ...made, createdAt: made.updatedAt } });
    return reply.code(201).send(presentTicket(made));
  });

  app.put('/tickets/:id', (request, reply) => {
    const ticket = store.tickets.get(Number(idOf(request)));
    if (!ticket) return reply.code(404).send({ message: 'there is no such ticket' });
    const next = changed({ ...ticket, updatedAt: Date.now() }, asObject(request.body));
    commit({ type: 'ticket-put', ticket: next });
    return presentTicket(next);
  });
}

/** `updatedAt` in epoch milliseconds, to have been changed at another time than now. */
function changed(ticket: Ticket, wanted: JsonObject): Ticket {
  return {
    ...ticket,
    updatedAt: asAmount(wanted['updatedAt']) ?? ticket.updatedAt,
    externalId: asString(wanted['external_id']) ?? ticket.externalId,
    subject: asString(wanted['subject']) ?? ticket.subject,
    description: asString(wanted['description']) ?? ticket.description,
    status: asString(wanted['status']) ?? ticket.status,
    priority: asString(wanted['priority']) ?? ticket.priority,
    assigneeId: wanted['assigned'] === true ? AGENT_ID : ticket.assigneeId,
    tags: wanted['tags'] === undefined ? ticket.tags : asStrings(wanted['tags']),
  };
}

function webhookRoutes(app: FastifyInstance, { store, commit, webhooks }: Helpdesk): void {
  app.get('/webhooks', () => ({
    webhooks: [...store.webhooks.values()],
    deliveries: webhooks.deliveries,
  }));

  app.put('/webhooks/:id', (request, reply) => {
    const { endpoint, secret, subscriptions, automatic, status } = asObject(request.body);
    if (asString(endpoint) === undefined || asString(secret) === undefined) {
      return reply.code(400).send({ message: 'a webhook has an endpoint and a secret' });
    }
    const webhook: Webhook = {
      ...{ id: idOf(request), endpoint: String(endpoint), secret: String(secret) },
      subscriptions: subscriptions === undefined ? DEFAULT_SUBSCRIPTIONS : asStrings(subscriptions),
      status: status === 'inactive' ? 'inactive' : 'active',
      automatic: automatic === true,
    };
    commit({ type: 'webhook-put', webhook });
    return webhook;
  });

  app.delete('/webhooks/:id', (request, reply) => {
    commit({ type: 'webhook-removed', id: idOf(request) });
    return reply.code(204).send();
  });

  app.post('/webhook/send', async (request, reply) => {
    const { url, secret, ticket, type } = asObject(request.body);
    const about = store.tickets.get(Number(ticket));
    if (!about || asString(url) === undefined || asString(secret) === undefined) {
      return reply.code(400).send({ message: 'give url, secret, and a ticket that exists' });
    }
    const webhook: Webhook = {
      ...{ id: randomUUID(), endpoint: String(url), secret: String(secret), subscriptions: [] },
      ...{ status: 'active', automatic: false },
    };
    return webhooks.send(webhook, about, asString(type) ?? 'status_changed');
  });
}

const idOf = (request: FastifyRequest): string => String(asObject(request.params)['id']);
