import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { asObject, asString } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { ZendeskError, forbidden, invalid, notFound } from './errors.ts';
import { reads } from './gate.ts';
import type { Helpdesk } from './helpdesk.ts';
import { AGENT_ID, timeOf } from './records.ts';
import type { Ticket, Webhook } from './records.ts';

const PAGE_MAX = 1_000;
const A_MINUTE = 60_000;

/** The routes that a read-only client needs, as below `https://example.zendesk.com`. */
export function zendeskRoutes(app: FastifyInstance, desk: Helpdesk): void {
  tokenRoute(app, desk);
  exportRoute(app, desk);

  app.get('/api/v2/users/me', reads('users'), () => ({
    user: {
      ...{ id: AGENT_ID, name: 'Signalbox', email: 'agent@example.com' },
      ...{ role: desk.user.role, active: true, verified: true, suspended: false },
    },
  }));

  app.get('/api/v2/tickets/:id', reads('tickets'), (request) => {
    const ticket = desk.store.tickets.get(Number(asObject(request.params)['id']));
    if (!ticket || ticket.status === 'deleted') throw notFound();
    return { ticket: presentTicket(ticket) };
  });

  app.get('/api/v2/webhooks', reads('webhooks'), () => ({
    webhooks: [...desk.store.webhooks.values()].map(presentWebhook),
    meta: { has_more: false, after_cursor: null, before_cursor: null },
    links: { next: null, prev: null },
  }));
}

/** OAuth's client credentials: a token for what the client may do, of what it asks for. */
function tokenRoute(app: FastifyInstance, { client, scopes, settings, tokens }: Helpdesk): void {
  app.post('/oauth/tokens', (request) => {
    const form = asObject(request.body);
    if (form['client_id'] !== client.id || form['client_secret'] !== client.secret) {
      throw new ZendeskError(401, {
        error: 'invalid_client',
        error_description: 'Client authentication failed',
      });
    }
    if (form['grant_type'] !== 'client_credentials') {
      throw new ZendeskError(400, { error: 'unsupported_grant_type' });
    }
    const wanted = (asString(form['scope']) ?? 'read').split(' ');
    const given = wanted.filter((scope) => scopes.has(scope));
    if (given.length === 0) throw new ZendeskError(400, { error: 'invalid_scope' });
    const token = randomBytes(32).toString('hex');
    tokens.set(token, { scopes: given, expiresAt: Date.now() + settings.tokenSeconds * 1_000 });
    return {
      ...{ access_token: token, token_type: 'bearer', scope: given.join(' ') },
      expires_in: settings.tokenSeconds,
    };
  });
}

/** Tickets by the time of their change, oldest first; each page says where the next one begins, also the last one. */
function exportRoute(app: FastifyInstance, { store, settings, user }: Helpdesk): void {
  app.get('/api/v2/incremental/tickets/cursor', reads('tickets'), (request) => {
    if (user.role !== 'admin') throw forbidden('You do not have access to this page.');
    const { start_time: start, cursor, per_page: size } = asObject(request.query);
    const token = asString(cursor);
    const after = token === undefined ? beginningAt(Number(start)) : positionOf(token);
    const limit = Math.min(PAGE_MAX, Number(size ?? PAGE_MAX) || PAGE_MAX);
    const rest = store
      .byChange()
      .filter(({ updatedAt, id }) => updatedAt > after.at || (updatedAt === after.at && id > after.id))
      .filter(({ updatedAt }) => updatedAt <= Date.now() - settings.exportLagMs);
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    const next = last ? tokenOf(last.updatedAt, last.id) : (token ?? null);
    return {
      tickets: page.map(presentTicket),
      after_url: null,
      after_cursor: next,
      before_url: null,
      before_cursor: null,
      end_of_stream: rest.length <= limit,
    };
  });
}

function beginningAt(start: number): { at: number; id: number } {
  if (!Number.isInteger(start) || start < 0) throw invalid('start_time is unix seconds');
  if (start * 1_000 > Date.now() - A_MINUTE) {
    throw invalid('Too recent start_time. Use a start_time older than 60 seconds');
  }
  return { at: start * 1_000, id: -1 };
}

const tokenOf = (at: number, id: number): string => Buffer.from(`${at}.0||${id}`).toString('base64');

function positionOf(cursor: string): { at: number; id: number } {
  const [, at, id] = /^(\d+)\.0\|\|(\d+)$/.exec(Buffer.from(cursor, 'base64').toString()) ?? [];
  if (at === undefined) throw invalid('cursor is none of ours');
  return { at: Number(at), id: Number(id) };
}

export function presentTicket(ticket: Ticket): JsonObject {
  return {
    url: `https://example.zendesk.com/api/v2/tickets/${ticket.id}.json`,
    ...{ id: ticket.id, external_id: ticket.externalId },
    ...{ created_at: timeOf(ticket.createdAt), updated_at: timeOf(ticket.updatedAt) },
    generated_timestamp: Math.floor(ticket.updatedAt / 1_000),
    ...{ type: ticket.type, subject: ticket.subject, description: ticket.description },
    ...{ priority: ticket.priority, status: ticket.status },
    ...{ requester_id: ticket.requesterId, submitter_id: ticket.requesterId },
    ...{ assignee_id: ticket.assigneeId, group_id: ticket.groupId, organization_id: null },
    ...{ tags: ticket.tags, custom_fields: [] },
    via: { channel: 'web', source: { from: {}, to: {}, rel: null } },
  };
}

function presentWebhook({ id, endpoint, subscriptions, status }: Webhook): JsonObject {
  return {
    ...{ id, name: `Webhook ${id}`, status, endpoint, subscriptions },
    ...{ http_method: 'POST', request_format: 'json' },
  };
}
