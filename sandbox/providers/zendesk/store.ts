import type { Ticket, Webhook, ZendeskEvent } from './records.ts';

const FIRST_ID = 35_001;

/** What the account holds. It changes through `apply` alone, live and at replay. */
export class ZendeskStore {
  readonly tickets = new Map<number, Ticket>();
  readonly webhooks = new Map<string, Webhook>();

  get nextId(): number {
    return Math.max(FIRST_ID - 1, ...this.tickets.keys()) + 1;
  }

  apply(event: ZendeskEvent): void {
    switch (event.type) {
      case 'ticket-put':
        this.tickets.set(event.ticket.id, event.ticket);
        return;
      case 'webhook-put':
        this.webhooks.set(event.webhook.id, event.webhook);
        return;
      case 'webhook-removed':
        this.webhooks.delete(event.id);
        return;
    }
  }

  /** In the order of the incremental export. */
  byChange(): Ticket[] {
    return [...this.tickets.values()].sort((a, b) => a.updatedAt - b.updatedAt || a.id - b.id);
  }

  *snapshot(): Generator<ZendeskEvent> {
    for (const ticket of this.tickets.values()) yield { type: 'ticket-put', ticket };
    for (const webhook of this.webhooks.values()) yield { type: 'webhook-put', webhook };
  }

  clear(): void {
    this.tickets.clear();
    this.webhooks.clear();
  }
}
