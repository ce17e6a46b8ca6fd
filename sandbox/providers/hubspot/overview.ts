import type { ProviderOverview, Table } from '../../core/provider.ts';
import type { Account } from './account.ts';
import type { ContactStore } from './contact-store.ts';
import type { Kind } from './kinds.ts';
import { allEmails, isoTime } from './record.ts';
import type { RecordStore } from './record-store.ts';
import type { HubspotSettings } from './settings.ts';

const SHOWN = 50;

const COLUMNS: Record<Kind, string[]> = {
  contacts: ['email', 'firstname', 'lastname', 'phone', 'company', 'lifecyclestage'],
  deals: ['dealname', 'pipeline', 'dealstage', 'amount', 'closedate', 'hubspot_owner_id'],
  notes: ['hs_note_body', 'hs_timestamp'],
  tasks: ['hs_task_subject', 'hs_task_status', 'hs_timestamp', 'hubspot_owner_id', 'signalbox_ref'],
  tickets: ['subject', 'hs_pipeline_stage'],
};

export function overviewOf(account: Account, settings: HubspotSettings): ProviderOverview {
  const stores = [...account.stores.values()];
  const archived = [...account.contacts.records.values()].filter(
    ({ archivedAt }) => archivedAt !== undefined,
  );
  const custom = stores.flatMap(({ definitions }) => [...definitions.values()]);
  return {
    holds: {
      ...Object.fromEntries(stores.map((store) => [store.facts.kind, liveIn(store)])),
      forms: account.forms.all().length,
      archivedContacts: archived.length,
      customProperties: custom.filter(({ hubspotDefined }) => !hubspotDefined).length,
    },
    settings,
    tables: stores.filter(({ records, facts }) => facts.kind === 'contacts' || records.size > 0).map(tableOf),
    links: {
      ...Object.fromEntries(stores.map(({ facts }) => [facts.kind, `/_sandbox/hubspot/${facts.kind}`])),
      forms: '/_sandbox/hubspot/forms',
      owners: '/_sandbox/hubspot/owners',
      pipelines: '/_sandbox/hubspot/pipelines',
      scopes: '/_sandbox/hubspot/scopes',
      settings: '/_sandbox/hubspot/settings',
      validationRules: '/_sandbox/hubspot/validation-rules',
      webhooks: '/_sandbox/hubspot/webhooks',
      faults: '/_sandbox/hubspot/faults',
    },
  };
}

const liveIn = ({ records }: RecordStore): number =>
  [...records.values()].filter(({ archivedAt }) => archivedAt === undefined).length;

function tableOf({ facts, records }: RecordStore): Table {
  const names = COLUMNS[facts.kind];
  const latest = [...records.values()].sort((a, b) => b.updatedAt - a.updatedAt).slice(0, SHOWN);
  const rows = latest.map((record) => [
    record.id,
    ...names.map((name) => record.values.get(name) ?? ''),
    isoTime(record.updatedAt),
    record.archivedAt === undefined ? '' : 'archived',
  ]);
  const title = `${facts.kind.charAt(0).toUpperCase()}${facts.kind.slice(1)}`;
  const note = `the ${SHOWN} changed last, of ${records.size}`;
  return { title, columns: ['id', ...names, 'changed', ''], rows, note };
}

/** E-mails that more than one live contact has: HubSpot never lets that happen, so it should stay empty. */
export function sharedEmails(store: ContactStore): string[] {
  const owners = new Map<string, number>();
  for (const contact of store.records.values()) {
    if (contact.archivedAt !== undefined) continue;
    for (const email of new Set(allEmails(contact.values))) owners.set(email, (owners.get(email) ?? 0) + 1);
  }
  return [...owners].filter(([, count]) => count > 1).map(([email]) => email);
}
