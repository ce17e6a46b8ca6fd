import type { ProviderOverview, Table } from '../../core/provider.ts';
import { allEmails, isoTime } from './contact.ts';
import type { ContactStore } from './contact-store.ts';
import type { HubspotSettings } from './settings.ts';

const SHOWN = 50;
const COLUMNS = ['email', 'firstname', 'lastname', 'phone', 'company', 'lifecyclestage'];

export function overviewOf(store: ContactStore, settings: HubspotSettings): ProviderOverview {
  const archived = [...store.contacts.values()].filter((contact) => contact.archivedAt !== undefined).length;
  return {
    holds: {
      contacts: store.contacts.size - archived,
      archivedContacts: archived,
      customProperties: [...store.definitions.values()].filter(({ hubspotDefined }) => !hubspotDefined)
        .length,
    },
    settings,
    tables: [contactTable(store)],
    links: {
      contacts: '/_sandbox/hubspot/contacts',
      settings: '/_sandbox/hubspot/settings',
      validationRules: '/_sandbox/hubspot/validation-rules',
      faults: '/_sandbox/hubspot/faults',
    },
  };
}

function contactTable(store: ContactStore): Table {
  const latest = [...store.contacts.values()].sort((a, b) => b.updatedAt - a.updatedAt).slice(0, SHOWN);
  const rows = latest.map((contact) => [
    contact.id,
    ...COLUMNS.map((name) => contact.values.get(name) ?? ''),
    isoTime(contact.updatedAt),
    contact.archivedAt === undefined ? '' : 'archived',
  ]);
  const columns = ['id', ...COLUMNS, 'changed', ''];
  return { title: 'Contacts', columns, rows, note: `the ${SHOWN} changed last, of ${store.contacts.size}` };
}

/** E-mails that more than one live contact has: HubSpot never lets that happen, so it should stay empty. */
export function sharedEmails(store: ContactStore): string[] {
  const owners = new Map<string, number>();
  for (const contact of store.contacts.values()) {
    if (contact.archivedAt !== undefined) continue;
    for (const email of new Set(allEmails(contact.values))) owners.set(email, (owners.get(email) ?? 0) + 1);
  }
  return [...owners].filter(([, count]) => count > 1).map(([email]) => email);
}
