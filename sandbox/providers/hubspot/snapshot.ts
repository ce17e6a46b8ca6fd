import type { ContactStore } from './contact-store.ts';
import type { HubspotEvent } from './events.ts';

/** The store as the fewest events that lead to it: what compaction keeps of a journal. */
export function* snapshotOf(store: ContactStore): Generator<HubspotEvent> {
  for (const definition of store.definitions.values()) {
    if (!definition.hubspotDefined) yield { type: 'property-defined', definition };
  }
  yield { type: 'validation-rules-set', rules: store.rules.list() };
  for (const email of store.blockedEmails) yield { type: 'email-blocked', email };
  for (const { values, history, ...dates } of store.contacts.values()) {
    yield { type: 'contact-kept', contact: { ...dates, values: [...values], history: [...history] } };
  }
  yield { type: 'counters-kept', nextId: store.nextId, effects: store.effects.snapshot() };
}
