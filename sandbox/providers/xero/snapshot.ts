import type { XeroEvent } from './events.ts';
import type { XeroStore } from './store.ts';

/** The store as the fewest events that lead to it; access tokens that have expired are left out. */
export function* snapshotOf(store: XeroStore): Generator<XeroEvent> {
  for (const organisation of store.organisations.values()) yield { type: 'organisation-put', organisation };
  for (const contact of store.contacts.values()) {
    yield { type: 'contact-put', contact, isNew: true, by: 'person' };
  }
  for (const invoice of store.invoices.values()) {
    yield { type: 'invoice-put', invoice, isNew: true, by: 'person' };
  }
  for (const creditNote of store.creditNotes.values()) yield { type: 'credit-note-put', creditNote };
  for (const grant of store.grants.values()) yield { type: 'grant-put', grant };
  for (const access of store.accessTokens.values()) {
    if (access.expiresAt > Date.now()) yield { type: 'access-issued', access };
  }
  yield { type: 'webhook-set', target: store.webhook };
  yield {
    type: 'counters-kept',
    nextNumber: store.nextNumber,
    sequence: store.sequence,
    effects: store.effects.snapshot(),
    contactEffects: store.contactEffects.snapshot(),
  };
}
