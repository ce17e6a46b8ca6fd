import type { ProviderOverview } from '../../core/provider.ts';
import { remainingOf } from './records.ts';
import type { StripeSettings } from './settings.ts';
import type { StripeStore } from './store.ts';

const SHOWN = 50;

export function overviewOf(store: StripeStore, settings: StripeSettings): ProviderOverview {
  const invoices = [...store.invoices.values()];
  const latest = invoices.toSorted((a, b) => b.created - a.created).slice(0, SHOWN);
  const rows = latest.map((invoice) => [
    invoice.id,
    invoice.number ?? '',
    invoice.status,
    store.customers.get(invoice.customer)?.email ?? invoice.customer,
    invoice.dueDate === null ? '' : new Date(invoice.dueDate * 1_000).toISOString(),
    `${remainingOf(invoice)} of ${invoice.total} ${invoice.currency}`,
  ]);
  const columns = ['id', 'number', 'status', 'customer', 'due', 'remaining'];
  return {
    holds: { invoices: invoices.length, customers: store.customers.size, events: store.events.length },
    settings: { ...settings, timezone: store.account.timezone },
    tables: [{ title: 'Invoices', columns, rows, note: `the ${SHOWN} made last, of ${invoices.length}` }],
    links: {
      invoices: '/_sandbox/stripe/invoices',
      customers: '/_sandbox/stripe/customers',
      settings: '/_sandbox/stripe/settings',
      webhook: '/_sandbox/stripe/webhook',
      faults: '/_sandbox/stripe/faults',
    },
  };
}
