import { createHash } from 'node:crypto';
import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import { TicketChanged } from '../contracts.js';
import { instantOf } from '../domain/instant.js';
import { objectOf, type JsonObject } from '../domain/json.js';
import { PayloadRefused } from '../intake.errors.js';
import type { InboundRequest, NormalisedEvent, Update } from './channel.js';
import { idOf, lineOf } from './untrusted.js';

const typePrefix = 'zen:event-type:';
const ticketPrefix = `${typePrefix}ticket.`;
/** What the poll makes of a ticket (`support/connectors/zendesk-poll.ts`); no type of Zendesk's. */
const polledType = 'signalbox:ticket-polled';

/**
 * What changed, by how the event's type ends
 * (https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events).
 */
const changes = new Map([
  ['created', 'created'],
  ['status_changed', 'status'],
  ['custom_status_changed', 'status'],
  ['priority_changed', 'priority'],
  ['comment_added', 'comment'],
  ['comment_made_private', 'comment'],
  ['comment_redacted', 'comment'],
  ['attachment_linked_to_comment', 'comment'],
  ['attachment_redacted_from_comment', 'comment'],
  ['agent_assignment_changed', 'assignee'],
  ['group_assignment_changed', 'group'],
  ['requester_changed', 'requester'],
  ['organization_changed', 'organization'],
  ['subject_changed', 'subject'],
  ['tags_changed', 'tags'],
  ['type_changed', 'type'],
  ['custom_field_changed', 'field'],
  ['sla_policy_changed', 'sla'],
  ['next_sla_breach_changed', 'sla'],
  ['merged', 'merged'],
  ['marked_as_spam', 'deleted'],
  ['soft_deleted', 'deleted'],
  ['permanently_deleted', 'deleted'],
  ['undeleted', 'restored'],
]);

/**
 * What a request of Zendesk tells: an event of a subscription by its fixed envelope; all else is the body that somebody
 * wrote for a trigger or an automation, of which only the ticket's id is asked.
 * @throws INTAKE.PAYLOAD_REFUSED
 */
export function zendeskUpdate(request: InboundRequest): Update {
  const told = parsed(request.body);
  const event = objectOf(told);
  const type = lineOf(event['type'], 200);
  if (type === polledType) return polledUpdate(event);
  if (!type?.startsWith(typePrefix)) return triggerUpdate(request, told);
  const id = lineOf(event['id'], 200);
  if (id === undefined) throw PayloadRefused({ message: 'The event has no id.' });
  const key = `event:${id}`;
  if (!type.startsWith(ticketPrefix)) return { key, ignored: `Events of type ${type} are not used.` };
  return { key, ...ticketEvent(request, event, type.slice(ticketPrefix.length)) };
}

/** The same over Zendesk's retries of one request. Its text may be that of another one, so it is not enough. */
export function requestKeyOf({ headers, body }: InboundRequest): string {
  const invocation = idOf(headers['x-zendesk-webhook-invocation-id']);
  if (invocation !== undefined) return `invocation:${invocation}`;
  const time = headers['x-zendesk-webhook-signature-timestamp'] ?? '';
  return `sha256:${createHash('sha256').update(time).update(body).digest('hex')}`;
}

/** Nothing where it is no JSON: into the templates of triggers texts are put as they are, quotes included. */
function parsed(body: Buffer): unknown {
  try {
    return parseJsonBounded(body);
  } catch (error) {
    if (error instanceof CodedError) return undefined;
    throw error;
  }
}

function ticketEvent(request: InboundRequest, told: JsonObject, kind: string): Omit<Update, 'key'> {
  const detail = objectOf(told['detail']);
  const named = /^zen:ticket:(\d{1,20})$/.exec(lineOf(told['subject'], 100) ?? '')?.[1];
  const ticketId = ticketIdOf(detail['id']) ?? named;
  const at = instantOf(told['time']);
  if (!ticketId || !at) throw PayloadRefused({ message: 'The event has no ticket or no time.' });
  const account = idOf(told['account_id']) ?? accountOf(request);
  const meta = objectOf(objectOf(told['event'])['meta']);
  const message = new TicketChanged({
    ...{ provider: 'zendesk', account, ticketId, change: changes.get(kind) ?? 'other' },
    at: at.toISOString(),
    ...stateOf(detail),
    changedBy: idOf(detail['actor_id']) ?? idOf(meta['actor_id']),
  });
  // Not by `meta.sequence.position`: Zendesk promises nothing of it, and counts anew for each action.
  const order = { key: `${account}:${ticketId}:${kind}`, at: at.getTime() };
  const changedAt = instantOf(detail['updated_at']) ?? at;
  return { event: eventOf(message), order, also: [{ key: polledKeyOf(ticketId), at: changedAt.getTime() }] };
}

/**
 * Only what is later than all that was pushed of the ticket counts. Without the account: the export does not name it,
 * and one installation has one.
 */
function polledKeyOf(ticketId: string): string {
  return `ticket:${ticketId}`;
}

/** @throws INTAKE.PAYLOAD_REFUSED */
function polledUpdate(told: JsonObject): Update {
  const ticket = objectOf(told['ticket']);
  const ticketId = ticketIdOf(ticket['id']);
  const at = instantOf(ticket['updated_at']);
  if (!ticketId || !at) throw PayloadRefused({ message: 'The polled ticket has no id or no time.' });
  const message = new TicketChanged({
    ...{ provider: 'zendesk', account: idOf(told['account']) ?? 'unknown', ticketId },
    ...{ change: lineOf(told['change'], 100) ?? 'other', at: at.toISOString() },
    ...stateOf(ticket),
  });
  const order = { key: polledKeyOf(ticketId), at: at.getTime() };
  return { key: `poll:${ticketId}:${at.toISOString()}`, event: eventOf(message), order };
}

/** @throws INTAKE.PAYLOAD_REFUSED when it names no ticket */
function triggerUpdate(request: InboundRequest, told: unknown): Update {
  const body = objectOf(told);
  const ticketId = told === undefined ? searched(request.body) : ticketOf(body);
  if (!ticketId) throw PayloadRefused({ message: 'The body names no ticket: it needs a "ticket_id".' });
  const at = instantOf(request.headers['x-zendesk-webhook-signature-timestamp']) ?? request.receivedAt;
  const message = new TicketChanged({
    ...{ provider: 'zendesk', account: accountOf(request), ticketId, change: 'trigger' },
    at: at.toISOString(),
    ...stateOf(body),
  });
  return { key: requestKeyOf(request), event: eventOf(message) };
}

function ticketOf(body: JsonObject): string | undefined {
  return (
    ticketIdOf(body['ticket_id']) ?? ticketIdOf(objectOf(body['ticket'])['id']) ?? ticketIdOf(body['id'])
  );
}

const mostSearched = 65_536;
const places = [/"ticket_id"\s{0,20}:\s{0,20}"?(\d{1,20})(?!\d)/, /"id"\s{0,20}:\s{0,20}"?(\d{1,20})(?!\d)/];

/** The ticket that the beginning of a text names which was to be JSON. */
function searched(body: Buffer): string | undefined {
  const text = body.subarray(0, mostSearched).toString();
  const [found] = places.flatMap((place) => place.exec(text)?.[1] ?? []);
  return found;
}

function ticketIdOf(value: unknown): string | undefined {
  const id = idOf(value);
  return id !== undefined && /^\d{1,20}$/.test(id) ? id : undefined;
}

/** Zendesk's id of the account, from a header that is not signed; good enough to tell accounts apart. */
function accountOf({ headers }: InboundRequest): string {
  return idOf(headers['x-zendesk-account-id']) ?? 'unknown';
}

function stateOf(of: JsonObject): { status?: string; priority?: string } {
  return { status: lowerCase(of['status']), priority: lowerCase(of['priority']) };
}

function lowerCase(value: unknown): string | undefined {
  // Cut again: some letters become two.
  return lineOf(lineOf(value, 50)?.toLowerCase(), 50);
}

function eventOf(message: TicketChanged): NormalisedEvent {
  const subject = `ticket:${message.ticketId}`;
  return { message, subject, partitionKey: subject, dataSubjects: [] };
}
