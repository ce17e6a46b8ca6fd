import { createHmac, randomUUID } from 'node:crypto';
import { ACCOUNT_ID, AGENT_ID, timeOf } from './records.ts';
import type { Ticket, Webhook } from './records.ts';
import type { ZendeskStore } from './store.ts';

/** What became of a webhook that was sent. `status` 0: no answer. */
export type Delivery = { url: string; type: string; status: number; body: string };

const PATIENCE_MS = 10_000;
const KEPT = 50;

/** Zendesk's webhooks of event subscriptions: one event each, signed with the webhook's secret as text. */
export class Webhooks {
  readonly deliveries: Delivery[] = [];
  private readonly store: ZendeskStore;

  constructor(store: ZendeskStore) {
    this.store = store;
  }

  /** Tells of a change whoever wants all of them. Nobody waits for it. */
  about(before: Ticket | undefined, ticket: Ticket): void {
    for (const webhook of this.store.webhooks.values()) {
      if (!webhook.automatic || webhook.status !== 'active') continue;
      for (const type of changesOf(before, ticket)) void this.send(webhook, ticket, type);
    }
  }

  async send({ endpoint, secret, id }: Webhook, ticket: Ticket, type: string): Promise<Delivery> {
    const body = JSON.stringify(eventOf(ticket, type));
    const time = timeOf(Date.now());
    const headers = {
      'content-type': 'application/json',
      'x-zendesk-account-id': String(ACCOUNT_ID),
      'x-zendesk-webhook-id': id,
      'x-zendesk-webhook-invocation-id': randomUUID(),
      'x-zendesk-webhook-signature': createHmac('sha256', secret).update(time).update(body).digest('base64'),
      'x-zendesk-webhook-signature-timestamp': time,
    };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const [status, text] = await fetch(endpoint, {
      ...{ method: 'POST', headers, body, signal, redirect: 'manual' },
    }).then(
      async (answer): Promise<[number, string]> => [answer.status, (await answer.text()).slice(0, 2_000)],
      (error: unknown): [number, string] => [0, String(error)],
    );
    const delivery = { url: endpoint, type, status, body: text };
    this.deliveries.push(delivery);
    if (this.deliveries.length > KEPT) this.deliveries.shift();
    return delivery;
  }
}

function changesOf(before: Ticket | undefined, ticket: Ticket): string[] {
  if (!before) return ['created'];
  if (ticket.status === 'deleted') return ['soft_deleted'];
  const changes: [string, boolean][] = [
    ['status_changed', before.status !== ticket.status],
    ['priority_changed', before.priority !== ticket.priority],
    ['subject_changed', before.subject !== ticket.subject],
    ['agent_assignment_changed', before.assigneeId !== ticket.assigneeId],
    ['group_assignment_changed', before.groupId !== ticket.groupId],
    ['tags_changed', before.tags.join() !== ticket.tags.join()],
  ];
  return changes.filter(([, isSo]) => isSo).map(([type]) => type);
}

/** Ids are texts here, status and priority in capitals: unlike what the API answers. */
function eventOf(ticket: Ticket, type: string): object {
  return {
    type: `zen:event-type:ticket.${type}`,
    ...{ account_id: ACCOUNT_ID, id: randomUUID(), time: timeOf(ticket.updatedAt) },
    ...{ zendesk_event_version: '2022-11-06', subject: `zen:ticket:${ticket.id}` },
    detail: {
      ...{ id: String(ticket.id), actor_id: String(AGENT_ID), external_id: ticket.externalId },
      ...{ status: ticket.status.toUpperCase(), priority: ticket.priority?.toUpperCase() ?? null },
      ...{ subject: ticket.subject, requester_id: String(ticket.requesterId), tags: ticket.tags },
      ...{ created_at: timeOf(ticket.createdAt), updated_at: timeOf(ticket.updatedAt) },
    },
    event: { meta: { sequence: { id: randomUUID(), position: 1 } } },
  };
}
