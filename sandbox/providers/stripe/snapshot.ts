import type { StripeEvent } from './events.ts';
import type { StripeStore } from './store.ts';

/** The store as the fewest events that lead to it. */
export function* snapshotOf(store: StripeStore): Generator<StripeEvent> {
  yield { type: 'account-put', account: store.account };
  for (const customer of store.customers.values()) {
    yield { type: 'customer-put', customer, isNew: true, by: 'person' };
  }
  for (const invoice of store.invoices.values()) {
    yield { type: 'invoice-put', invoice, isNew: true, by: 'person' };
  }
  for (const event of store.events) yield { type: 'event-kept', event };
  for (const [key, answer] of store.answers) yield { type: 'answer-kept', key, answer };
  yield { type: 'webhook-set', target: store.webhook };
  yield {
    type: 'counters-kept',
    nextNumber: store.nextNumber,
    effects: store.effects.snapshot(),
    customerEffects: store.customerEffects.snapshot(),
  };
}
