import type { Account } from './account.ts';
import type { HubspotEvent } from './events.ts';
import type { RecordStore } from './record-store.ts';

/** The account as the fewest events that lead to it: what compaction keeps of a journal. */
export function* snapshotOf(account: Account): Generator<HubspotEvent> {
  yield { type: 'pipelines-set', pipelines: account.pipelines };
  for (const owner of account.owners.values()) yield { type: 'owner-set', owner };
  for (const email of account.contacts.blockedEmails) yield { type: 'email-blocked', email };
  for (const [guid, submissions] of account.forms.all()) {
    yield { type: 'form-defined', guid };
    for (const submission of submissions) yield { type: 'form-submitted', guid, submission };
  }
  for (const store of account.stores.values()) yield* snapshotOfStore(store);
  for (const link of account.associations.all()) yield { type: 'associated', link };
}

function* snapshotOfStore(store: RecordStore): Generator<HubspotEvent> {
  const { kind } = store.facts;
  for (const group of store.groups.values()) yield { type: 'group-defined', kind, group };
  for (const definition of store.definitions.values()) {
    if (!definition.hubspotDefined) yield { type: 'property-defined', kind, definition };
  }
  yield { type: 'validation-rules-set', kind, rules: store.rules.list() };
  for (const { values, history, ...dates } of store.records.values()) {
    yield { type: 'record-kept', kind, record: { ...dates, values: [...values], history: [...history] } };
  }
  yield { type: 'counters-kept', kind, nextId: store.nextId, effects: store.effects.snapshot() };
}
