import type { ProviderOverview } from '../../core/provider.ts';
import { dueOf } from './records.ts';
import type { XeroSettings } from './settings.ts';
import type { XeroStore } from './store.ts';

const SHOWN = 50;

export function overviewOf(store: XeroStore, settings: XeroSettings): ProviderOverview {
  const invoices = [...store.invoices.values()];
  const latest = invoices.toSorted((a, b) => b.updatedAt - a.updatedAt).slice(0, SHOWN);
  const rows = latest.map((invoice) => [
    invoice.number,
    invoice.type,
    invoice.status,
    store.contacts.get(invoice.contactId)?.name ?? '',
    invoice.dueDate,
    `${dueOf(invoice)} of ${invoice.total} ${invoice.currency}`,
    new Date(invoice.updatedAt).toISOString(),
  ]);
  const columns = ['number', 'type', 'status', 'contact', 'due', 'amount due', 'changed'];
  return {
    holds: {
      invoices: invoices.length,
      contacts: store.contacts.size,
      creditNotes: store.creditNotes.size,
      organisations: store.organisations.size,
    },
    settings: { ...settings, timezone: store.organisation.timezone, currency: store.organisation.currency },
    tables: [{ title: 'Invoices', columns, rows, note: `the ${SHOWN} changed last, of ${invoices.length}` }],
    links: {
      invoices: '/_sandbox/xero/invoices',
      contacts: '/_sandbox/xero/contacts',
      settings: '/_sandbox/xero/settings',
      webhook: '/_sandbox/xero/webhook',
      faults: '/_sandbox/xero/faults',
    },
  };
}
