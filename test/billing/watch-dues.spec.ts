import { describe, expect, it } from 'vitest';
import { InvoiceSources } from '../../src/modules/billing/connectors/invoice-sources.js';
import { WatchDues } from '../../src/modules/billing/use-cases/watch-dues.js';
import { CreditNoteChanged, InvoiceChanged } from '../../src/modules/intake/contracts.js';
import type { SubscriberContext } from '../../src/shared/messaging/event-subscribers.js';
import { until } from '../support/until.js';
import { withBilling } from './support.js';

const key = 'bm90LWEtcmVhbC1rZXk=';
const billing = withBilling({
  SIGNALBOX_ROLES: 'all',
  XERO_WEBHOOK_KEY: key,
  STRIPE_WEBHOOK_SECRET: 'whsec_test',
});
const someone = { name: 'Customer Ltd', email: 'billing@example.com', phone: '' };
const tenant = '10000000-0000-4000-8000-000000000001';
const changed = 'billing.dues-changed.v1';
const overdue = 'billing.invoice-overdue.v1';
const day = (shift: number) => new Date(Date.now() + shift * 86_400_000).toISOString().slice(0, 10);
const context = { now: new Date(), signal: new AbortController().signal } as SubscriberContext;

const told = (provider: 'xero' | 'stripe', invoiceId: string) => {
  const account = provider === 'xero' ? tenant : 'self';
  const event = new InvoiceChanged({
    provider,
    account,
    invoiceId,
    hint: 'update',
    at: context.now.toISOString(),
  });
  return billing.get(WatchDues).invoiceChanged(event, context);
};

const messages = ({ events = [] }: { events?: readonly { message: object; subject: string }[] }) =>
  events.map(({ message, subject }) => [subject, { ...message }]);

describe('an invoice that changed', () => {
  it.each(['xero', 'stripe'] as const)('%s: is read for its customer, by one call', async (provider) => {
    const world = billing[provider];
    const customer = await world.customer(someone);
    const id = await world.issue({ customer, minor: 100, dueDate: day(10) });
    await told(provider, id);
    const before = (await billing.sandbox.paths(provider)).length;
    const outcome = await told(provider, id);
    const account = provider === 'xero' ? tenant : 'self';
    const expected = { provider, account, customerId: customer, invoiceId: id, reason: 'invoice-changed' };
    expect(messages(outcome)).toEqual([[`customer:${customer}`, expected]]);
    expect((await billing.sandbox.paths(provider)).length - before).toBe(1);
    expect(await billing.events(overdue)).toEqual([]);
  });

  it.each(['xero', 'stripe'] as const)(
    '%s: is of nobody’s dues when it is a draft or none',
    async (provider) => {
      const world = billing[provider];
      const customer = await world.customer(someone);
      const draft = await world.issue({ customer, minor: 100, dueDate: day(-10), draft: true });
      expect(await told(provider, draft)).toEqual({ decision: { reason: 'a draft' } });
      expect(await told(provider, world.unknownId)).toEqual({ decision: { reason: 'no invoice' } });
    },
  );

  it('is no bill of a supplier', async () => {
    const bill = await billing.xero.admin('POST', '/invoices', {
      ...{ Type: 'ACCPAY', Status: 'AUTHORISED', Contact: { Name: 'Supplier Ltd' }, DueDate: day(-10) },
      LineItems: [{ UnitAmount: 5 }],
    });
    expect(await told('xero', String(bill['InvoiceID']))).toEqual({ decision: { reason: 'no invoice' } });
  });

  it('tells of dues also when it is paid or void, and of being overdue once', async () => {
    const customer = await billing.stripe.customer(someone);
    const [paid, late] = [
      await billing.stripe.issue({ customer, minor: 100, dueDate: day(-10) }),
      await billing.stripe.issue({ customer, minor: 100, dueDate: day(-10) }),
    ];
    await billing.stripe.pay(paid);
    expect((await told('stripe', paid)).decision).toEqual({ stated: true, overdue: false });
    expect((await told('stripe', late)).decision).toEqual({ stated: true, overdue: true });
    expect((await told('stripe', late)).decision).toEqual({ stated: true, overdue: false });
    expect((await billing.events(overdue)).map(({ data }) => data['invoiceId'])).toEqual([late]);
  });

  it('is tried again while the accounting system is out of order', async () => {
    await billing.stripe.fault({ match: { path: 'invoices' }, kind: '500' });
    await expect(told('stripe', 'in_1Any')).rejects.toMatchObject({ code: 'BILLING.UNAVAILABLE' });
  });

  it('of a system that nobody has connected leads nowhere', async () => {
    const none = new WatchDues(undefined as never, new InvoiceSources([]), undefined as never);
    const event = new InvoiceChanged({ provider: 'xero', account: tenant, invoiceId: 'x', hint: '', at: '' });
    expect(await none.invoiceChanged(event, context)).toEqual({ decision: { reason: 'not connected' } });
  });
});

it('a credit note that changed is read for its customer', async () => {
  const customer = await billing.xero.customer(someone);
  const id = await billing.xero.issue({ customer, minor: 10_000, dueDate: day(-10) });
  await billing.xero.admin('POST', `/invoices/${id}/credit-notes`, { amount: 25 });
  const { results } = (await billing.xero.admin('GET', '/credit-notes')) as {
    results: [{ CreditNoteID: string }];
  };
  const note = { provider: 'xero', account: tenant, hint: 'create', at: '2026-11-20T12:00:00Z' } as const;
  const tell = (creditNoteId: string) =>
    billing.get(WatchDues).creditNoteChanged(new CreditNoteChanged({ ...note, creditNoteId }), context);
  const expected = { provider: 'xero', account: tenant, customerId: customer, reason: 'credit-note-changed' };
  expect(messages(await tell(results[0].CreditNoteID))).toEqual([[`customer:${customer}`, expected]]);
  expect(await tell(billing.xero.unknownId)).toEqual({ decision: { reason: 'no credit note' } });
});

it('a genuine webhook of Xero, sent twice, states the customer’s dues once', async () => {
  const customer = await billing.xero.customer(someone);
  const invoice = await billing.xero.issue({ customer, minor: 10_000, dueDate: day(-10) });
  const target = { url: `${billing.app.url}/webhooks/xero`, key, invoice };
  await billing.xero.admin('POST', '/webhook/send', target);
  await billing.xero.admin('POST', '/webhook/send', target);
  const events = await until('it is stated', async () => {
    const found = await billing.events(changed);
    return found.length > 0 ? found : undefined;
  });
  expect(events.map(({ data }) => [data['customerId'], data['invoiceId']])).toEqual([[customer, invoice]]);
  expect((await billing.events(overdue)).map(({ data }) => data['customerId'])).toEqual([customer]);
});
