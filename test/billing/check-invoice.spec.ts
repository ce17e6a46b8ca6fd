import { expect, it } from 'vitest';
import { InvoiceSources } from '../../src/modules/billing/connectors/invoice-sources.js';
import { CheckInvoice, type CheckedInvoice } from '../../src/modules/billing/contracts.js';
import { CheckInvoiceHandler } from '../../src/modules/billing/use-cases/check-invoice.js';
import type { HandlerContext } from '../../src/shared/messaging/handler.js';
import { SecretStore } from '../../src/shared/secrets/secret-store.js';
import { withBilling } from './support.js';

const billing = withBilling();
const someone = { name: 'Customer Ltd', email: 'billing@example.com', phone: '+15550100001' };

async function check(provider: 'xero' | 'stripe', invoiceId: string, now: string): Promise<CheckedInvoice> {
  const command = Object.assign(new CheckInvoice(), { provider, invoiceId });
  const context = { now: new Date(now), signal: new AbortController().signal } as HandlerContext;
  const { result, events, changes } = await billing.get(CheckInvoiceHandler).run(command, context);
  expect([events, changes]).toEqual([undefined, undefined]);
  return JSON.parse(JSON.stringify(result)) as CheckedInvoice;
}

it.each(['xero', 'stripe'] as const)('%s: an invoice is read as it is now', async (provider) => {
  const world = billing[provider];
  const customer = await world.customer(someone);
  const id = await world.issue({ customer, minor: 12_000, dueDate: '2026-11-19' });
  const found = {
    ...{ found: true, provider, invoiceId: id, status: 'open', currency: 'GBP', exponent: 2 },
    ...{ totalMinor: 12_000, dueMinor: 12_000, dueDate: '2026-11-19', overdue: true },
    customer: { id: customer, name: 'Customer Ltd', emails: ['billing@example.com'], phone: '+15550100001' },
  };
  expect(await check(provider, id, '2026-11-20T12:00:00Z')).toMatchObject(found);
  expect(await check(provider, id, '2026-11-19T12:00:00Z')).toMatchObject({ overdue: false });
  await world.pay(id);
  const paid = { status: 'paid', dueMinor: 0, overdue: false };
  expect(await check(provider, id, '2026-11-20T12:00:00Z')).toMatchObject(paid);
  expect(await check(provider, world.unknownId, '2026-11-20T12:00:00Z')).toEqual({ found: false });
});

it('a system that is not connected is no invoice that does not exist', async () => {
  const secrets = billing.get(SecretStore);
  const { database } = billing.app.db;
  await database.query(`update crypto.secrets set state = 'retired' where name = 'stripe.api-key'`);
  (secrets as unknown as { cache: Map<string, unknown> }).cache.clear();
  try {
    await expect(check('stripe', 'in_1', '2026-11-20T12:00:00Z')).rejects.toMatchObject({
      code: 'BILLING.NOT_CONNECTED',
    });
    const connected = await billing.get(InvoiceSources).connected();
    expect(connected.map(({ provider }) => provider)).toEqual(['xero']);
  } finally {
    await database.query(`update crypto.secrets set state = 'active' where name = 'stripe.api-key'`);
    (secrets as unknown as { cache: Map<string, unknown> }).cache.clear();
  }
});
