import { EffectCounter } from '../../core/effects.ts';
import type { KeptAnswer, StripeEvent } from './events.ts';
import type { KeptEvent, StripeAccount, StripeCustomer, StripeInvoice, WebhookTarget } from './records.ts';

const EVENTS_KEPT = 500;

const firstAccount = (): StripeAccount => ({
  id: 'acct_sandbox000001',
  name: 'Sandbox Ltd',
  timezone: 'Europe/London',
});

/** Everything the simulator holds. It changes through `apply` alone, live and at replay. */
export class StripeStore {
  readonly invoices = new Map<string, StripeInvoice>();
  readonly customers = new Map<string, StripeCustomer>();
  readonly answers = new Map<string, KeptAnswer>();
  readonly effects = new EffectCounter();
  readonly customerEffects = new EffectCounter();
  /** Oldest first. */
  events: KeptEvent[] = [];
  account = firstAccount();
  webhook: WebhookTarget | undefined;
  nextNumber = 1;

  apply(event: StripeEvent): void {
    switch (event.type) {
      case 'invoice-put':
        return this.putInvoice(event);
      case 'invoice-unchanged':
        if (event.by === 'api') this.effects.countUnchanged();
        return;
      case 'customer-put':
        this.customers.set(event.customer.id, event.customer);
        if (event.by === 'api')
          count(this.customerEffects, event.customer.email ?? event.customer.id, event.isNew);
        return;
      case 'account-put':
        this.account = event.account;
        return;
      case 'event-kept':
        this.events = [...this.events, event.event].slice(-EVENTS_KEPT);
        return;
      case 'webhook-set':
        this.webhook = event.target;
        return;
      case 'answer-kept':
        this.answers.set(event.key, event.answer);
        return;
      case 'counters-kept':
        this.nextNumber = event.nextNumber;
        this.effects.restore(event.effects);
        this.customerEffects.restore(event.customerEffects);
    }
  }

  clear(): void {
    for (const map of [this.invoices, this.customers, this.answers]) map.clear();
    this.effects.clear();
    this.customerEffects.clear();
    this.events = [];
    this.account = firstAccount();
    this.webhook = undefined;
    this.nextNumber = 1;
  }

  private putInvoice({ invoice, isNew, by }: Extract<StripeEvent, { type: 'invoice-put' }>): void {
    this.invoices.set(invoice.id, invoice);
    const generated = /^SBX-(\d+)$/.exec(invoice.number ?? '')?.[1];
    if (generated) this.nextNumber = Math.max(this.nextNumber, Number(generated) + 1);
    if (by === 'api') count(this.effects, invoice.metadata['reference'] ?? invoice.id, isNew);
  }
}

function count(effects: EffectCounter, key: string, isNew: boolean): void {
  if (isNew) effects.countCreated(key);
  else effects.countUpdated(key);
}
