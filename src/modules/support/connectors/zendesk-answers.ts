import { AnswerInvalid } from '../support.errors.js';

/** What of a ticket is used. Times are ISO 8601, whole seconds. */
export interface ZendeskTicket {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly status: string;
  readonly priority?: string;
}

export interface ZendeskExportPage {
  readonly tickets: readonly ZendeskTicket[];
  /** Where the next page begins, also after the last one; absent when nothing was there at all. */
  readonly cursor?: string;
  readonly isLast: boolean;
}

export interface ZendeskUser {
  readonly id: string;
  readonly role: string;
}

export interface ZendeskWebhook {
  readonly endpoint: string;
  readonly isActive: boolean;
  readonly subscriptions: readonly string[];
}

const mostItems = 1_000;

/** @throws SUPPORT.ANSWER_INVALID */
export function exportPageOf(answer: unknown): ZendeskExportPage {
  const { tickets, after_cursor: cursor, end_of_stream: isLast } = recordOf(answer, 'page');
  if (typeof isLast !== 'boolean') throw invalid('a page without its end');
  const found = listOf(tickets, 'tickets').map(ticketOf);
  if (cursor === null || cursor === undefined) return { tickets: found, isLast };
  if (typeof cursor !== 'string' || !/^[\x21-\x7e]{1,500}$/.test(cursor)) throw invalid('a cursor');
  return { tickets: found, isLast, cursor };
}

/** Somebody who is not known is answered as a user without id. */
export function userOf(answer: unknown): ZendeskUser {
  const { id, role } = recordOf(recordOf(answer, 'answer')['user'], 'user');
  if (!isId(id) || typeof role !== 'string') throw invalid('no user');
  return { id: String(id), role: role.slice(0, 50) };
}

/** The first page of them: accounts have a few. */
export function webhooksOf(answer: unknown): readonly ZendeskWebhook[] {
  return listOf(recordOf(answer, 'answer')['webhooks'], 'webhooks').map((item) => {
    const { endpoint, status, subscriptions } = recordOf(item, 'webhook');
    const names: readonly unknown[] = Array.isArray(subscriptions) ? subscriptions : [];
    return {
      endpoint: typeof endpoint === 'string' ? endpoint : '',
      isActive: status === 'active',
      subscriptions: names.filter((name) => typeof name === 'string'),
    };
  });
}

function ticketOf(item: unknown): ZendeskTicket {
  const { id, created_at: createdAt, updated_at: updatedAt, status, priority } = recordOf(item, 'ticket');
  if (!isId(id) || !isTime(createdAt) || !isTime(updatedAt)) throw invalid('a ticket without id or time');
  return {
    ...{ id: String(id), createdAt, updatedAt },
    status: typeof status === 'string' ? status.slice(0, 50) : '',
    ...(typeof priority === 'string' && { priority: priority.slice(0, 50) }),
  };
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(value);
}

function recordOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`no ${what}`);
  return value as Record<string, unknown>;
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length > mostItems) throw invalid(`no list of ${what}`);
  return value;
}

function invalid(found: string) {
  return AnswerInvalid({ details: { found } });
}
