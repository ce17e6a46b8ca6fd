import Stripe from 'stripe';
import { beforeEach, describe, expect, it } from 'vitest';
import { withSandbox } from '../../../../test/support/sandbox-under-test.js';
import { StripeWorld } from '../../../../test/support/stripe-world.js';
import { until } from '../../../../test/support/until.js';
import type { CodedError } from '../../../shared/kernel/coded-error.js';
import { stripeVersion } from './stripe-api.js';

const sandbox = withSandbox();
let world: StripeWorld;
beforeEach(() => {
  world = new StripeWorld(sandbox);
});

const failure = (work: Promise<unknown>): Promise<CodedError> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: CodedError) => error,
  );

const call = (stripe = world.stripe, signal?: AbortSignal) => stripe.api.account(signal);
const someone = { name: 'Customer Ltd', email: 'old@example.com', phone: '' };

describe('StripeInvoices', () => {
  it('was written for the version that the package speaks', () => {
    expect(Stripe.API_VERSION).toBe(stripeVersion);
  });

  it('writes to the address that the customer has now', async () => {
    const customer = await world.customer(someone);
    const id = await world.issue({ customer, minor: 100, dueDate: '2026-10-31' });
    await world.admin('POST', `/customers/${customer}`, { email: 'new@example.com' });
    expect((await world.invoices.invoice(id))?.customer.emails).toEqual(['new@example.com']);
    const [listed] = await world.invoices.openOfCustomer(customer);
    expect(listed?.customer).toMatchObject({ id: customer, emails: ['old@example.com'] });
  });

  it('writes in the language that the customer prefers', async () => {
    const customer = await world.customer({ ...someone, country: 'BR' });
    await world.admin('POST', `/customers/${customer}`, { preferred_locales: ['pt-br', 'en'] });
    const found = { country: 'BR', language: 'pt-BR' };
    expect(await world.invoices.customer(customer)).toMatchObject(found);
    const id = await world.issue({ customer, minor: 100, dueDate: '2026-10-31' });
    expect((await world.invoices.invoice(id))?.customer).toMatchObject(found);
    await world.admin('POST', `/customers/${customer}`, { preferred_locales: ['not a language'] });
    expect((await world.invoices.customer(customer))?.language).toBeUndefined();
  });

  it('has no due date, and is never overdue, where the money is collected at once', async () => {
    const customer = await world.customer(someone);
    const made = await world.admin('POST', '/invoices', {
      ...{ customer, amount: 100, collection_method: 'charge_automatically' },
    });
    const invoice = await world.invoices.invoice(String(made['id']));
    expect(invoice).toMatchObject({ status: 'open', dueMinor: 100, dueDate: undefined });
    const page = await world.invoices.overdue(new Date('2099-01-01T12:00:00Z'), undefined);
    expect(page.invoices).toEqual([]);
  });

  it('tells what was written off', async () => {
    const customer = await world.customer(someone);
    const id = await world.issue({ customer, minor: 100, dueDate: '2026-10-31' });
    await world.admin('POST', `/invoices/${id}/mark_uncollectible`);
    expect(await world.invoices.invoice(id)).toMatchObject({ status: 'uncollectible' });
    expect(await world.invoices.openOfCustomer(customer)).toEqual([]);
  });

  it('draws on one budget, which all processes share', async () => {
    await call();
    expect(world.rates.limits).toEqual([['stripe', 25]]);
  });
});

describe('StripeInvoices when Stripe refuses', () => {
  it.each([
    [{ kind: '429-rate' }, 'BILLING.RATE_LIMITED', 1_000],
    [{ kind: '429-lock' }, 'BILLING.UNAVAILABLE', undefined],
    [{ kind: '401' }, 'BILLING.CREDENTIALS_REFUSED', undefined],
    [{ kind: '403' }, 'BILLING.PERMISSION_MISSING', undefined],
    [{ kind: '500' }, 'BILLING.UNAVAILABLE', undefined],
    [{ kind: '502-html' }, 'BILLING.UNAVAILABLE', undefined],
    [{ kind: 'timeout' }, 'BILLING.UNAVAILABLE', undefined],
    [{ kind: 'reset-before' }, 'BILLING.UNAVAILABLE', undefined],
    [{ kind: 'reset-after' }, 'BILLING.UNAVAILABLE', undefined],
    [{ fault: { truncate: true } }, 'BILLING.UNAVAILABLE', undefined],
    [{ fault: { huge: 3_000_000 } }, 'BILLING.ANSWER_INVALID', undefined],
    [{ fault: { status: 200, body: '<html>' } }, 'BILLING.ANSWER_INVALID', undefined],
    [
      {
        fault: { status: 400, body: { error: { type: 'invalid_request_error', code: 'parameter_unknown' } } },
      },
      'BILLING.REQUEST_REFUSED',
      undefined,
    ],
    [{ fault: { status: 400, body: 'proxy' } }, 'BILLING.UNAVAILABLE', undefined],
    [{ fault: { status: 302, headers: { location: '/' } } }, 'BILLING.UNAVAILABLE', undefined],
  ])('%j is %s, and nothing is sent twice', async (rule, code, retryAfterMs) => {
    await world.admin('POST', '/faults', { times: 1, ...rule });
    expect(await failure(call())).toMatchObject({ code, retryAfterMs });
    expect(await sandbox.paths('stripe')).toHaveLength(1);
    expect(world.rates.holds).toEqual(retryAfterMs === undefined ? [] : [['stripe', retryAfterMs]]);
    await call();
  });

  it('calls nothing without a key', async () => {
    world.key = undefined;
    expect((await failure(call())).code).toBe('BILLING.NOT_CONNECTED');
    expect(await world.invoices.connected()).toBe(false);
    expect(await sandbox.paths('stripe')).toEqual([]);
  });

  it('refuses a zone that it does not know, rather than to name other days', async () => {
    await world.admin('PUT', '/account', { timezone: 'Moon/Tranquility' });
    const error = await failure(world.invoices.overdue(new Date('2026-11-20T12:00:00Z'), undefined));
    expect(error.code).toBe('BILLING.ANSWER_INVALID');
  });

  it('five failures in a row stop the calls', async () => {
    const stripe = world.connect({ breakerOpenMs: 60_000 });
    await world.fault({ kind: '500' });
    for (let attempt = 0; attempt < 5; attempt += 1) await failure(call(stripe));
    expect((await failure(call(stripe))).code).toBe('CONNECTORS.BREAKER_OPEN');
  });

  it('ends a call when its lease is lost', async () => {
    await call();
    await world.admin('PUT', '/settings', { latencyMs: 500 });
    const controller = new AbortController();
    const aborted = failure(call(world.stripe, controller.signal));
    await until('the call is on its way', async () => (await sandbox.paths('stripe')).length === 2);
    const begun = performance.now();
    controller.abort(new Error('lease lost'));
    expect((await aborted).code).toBe('BILLING.UNAVAILABLE');
    expect(performance.now() - begun).toBeLessThan(300);
  });
});
