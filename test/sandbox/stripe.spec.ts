import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Stripe from 'stripe';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StripeUnderTest } from './stripe-client.ts';
import { at, failureOf, freshSandbox } from './support.ts';

const fresh = async (): Promise<StripeUnderTest> => new StripeUnderTest(await freshSandbox());
const day = 86_400;

describe('Stripe’s invoices', () => {
  it('are listed by status, customer, collection method and due date, newest first, by a cursor', async () => {
    const stripe = await fresh();
    const [one, two] = [await stripe.customer(), await stripe.customer()];
    const late: string[] = [];
    for (const created of [10, 20, 30]) late.push(await stripe.enter(one, { created, due_date: 5 * day }));
    await stripe.enter(one, { due_date: 7 * day });
    await stripe.enter(two, { due_date: 5 * day, collection_method: 'charge_automatically' });
    await stripe.enter(one, { due_date: 5 * day, status: 'draft' });
    const wanted: Stripe.InvoiceListParams = {
      ...{ status: 'open', collection_method: 'send_invoice', due_date: { lt: 6 * day } },
      limit: 2,
    };
    const first = await stripe.client.invoices.list(wanted);
    expect([first.data.map(({ id }) => id), first.has_more]).toEqual([[late[2], late[1]], true]);
    const second = await stripe.client.invoices.list({ ...wanted, starting_after: late[1] });
    expect([second.data.map(({ id }) => id), second.has_more]).toEqual([[late[0]], false]);
    expect((await stripe.client.invoices.list({ customer: two })).data).toHaveLength(1);
    expect((await failureOf(stripe.client.invoices.list({ limit: 101 }))).name).toBe('Error');
  });

  it('say who owes what, until when, and where it is paid', async () => {
    const stripe = await fresh();
    const id = await stripe.enter(await stripe.customer(), { currency: 'jpy', amount: 5_000 });
    const invoice = await stripe.client.invoices.retrieve(id);
    expect(invoice).toMatchObject({
      ...{ number: 'SBX-0001', status: 'open', currency: 'jpy', total: 5_000, amount_remaining: 5_000 },
      ...{ customer_email: 'one@example.com', customer_phone: '+15550100001', due_date: 1_793_404_800 },
    });
    expect(invoice.hosted_invoice_url).toContain(id);
    const gone = await failureOf(stripe.client.invoices.retrieve('in_none'));
    expect(gone).toMatchObject({ statusCode: 404, code: 'resource_missing' });
  });

  it('are paid in part and in full, voided and written off by people, and events tell of it', async () => {
    const stripe = await fresh();
    const customer = await stripe.customer();
    const [a, b, c] = [
      await stripe.enter(customer),
      await stripe.enter(customer),
      await stripe.enter(customer),
    ];
    await stripe.admin('POST', `/invoices/${a}/pay`, { amount: 2_000 });
    expect(await stripe.client.invoices.retrieve(a)).toMatchObject({
      status: 'open',
      amount_remaining: 10_000,
    });
    await stripe.admin('POST', `/invoices/${a}/pay`, { paid_out_of_band: true });
    await stripe.admin('POST', `/invoices/${b}/void`);
    await stripe.admin('POST', `/invoices/${c}/mark_uncollectible`);
    const states = await Promise.all([a, b, c].map(async (id) => stripe.client.invoices.retrieve(id)));
    expect(states.map(({ status }) => status)).toEqual(['paid', 'void', 'uncollectible']);
    expect(states[0]).toMatchObject({ amount_remaining: 0, amount_paid: 12_000 });
    const { data } = await stripe.client.events.list({ limit: 100 });
    expect(data.slice(0, 3).map(({ type }) => type)).toEqual([
      'invoice.marked_uncollectible',
      'invoice.voided',
      'invoice.paid',
    ]);
    expect((await stripe.admin('POST', `/invoices/${b}/pay`)).status).toBe(400);
  });
});

describe('Stripe’s idempotency keys', () => {
  const form = (customer: string, amount = 100) => `customer=${customer}&amount=${amount}&days_until_due=30`;

  it('answer the same again, and refuse other parameters', async () => {
    const stripe = await fresh();
    const customer = await stripe.customer();
    const key = { 'idempotency-key': 'a-key' };
    const first = await stripe.call('POST', '/v1/invoices', form(customer), key);
    const again = await stripe.call('POST', '/v1/invoices', form(customer), key);
    expect(at(again.body, 'id')).toBe(at(first.body, 'id'));
    expect([first, again].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    const other = await stripe.call('POST', '/v1/invoices', form(customer, 200), key);
    expect(other).toMatchObject({ status: 400, body: { error: { type: 'idempotency_error' } } });
    expect(at((await stripe.admin('GET', '/invoices')).body, 'total')).toBe(1);
    const { body } = await stripe.under.admin('GET', '/effects');
    expect(at(body, 'providers.stripe.invoices')).toMatchObject({ created: 1, duplicates: [] });
  });

  it('keep a 500 that came in the middle, but not one that came before', async () => {
    const stripe = await fresh();
    const customer = await stripe.customer();
    await stripe.admin('POST', '/faults', { kind: '500', times: 1 });
    await stripe.admin('POST', '/faults', { kind: '500-kept', times: 1 });
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { status } = await stripe.call('POST', '/v1/invoices', form(customer), {
        'idempotency-key': 'k',
      });
      statuses.push(status);
    }
    expect(statuses).toEqual([500, 500, 500]);
    expect(
      (await stripe.call('POST', '/v1/invoices', form(customer), { 'idempotency-key': 'l' })).status,
    ).toBe(200);
    expect(at((await stripe.admin('GET', '/invoices')).body, 'total')).toBe(1);
  });

  it('do not keep what failed validation', async () => {
    const stripe = await fresh();
    const key = { 'idempotency-key': 'k' };
    expect((await stripe.call('POST', '/v1/invoices', form('cus_none'), key)).status).toBe(404);
    expect((await stripe.call('POST', '/v1/invoices', form(await stripe.customer()), key)).status).toBe(200);
  });

  it('refuse a second request while the first is under way', async () => {
    const stripe = await fresh();
    await stripe.admin('PUT', '/settings', { latencyMs: 100 });
    const customer = await stripe.customer();
    const answers = await Promise.all(
      [1, 2].map(() => stripe.call('POST', '/v1/invoices', form(customer), { 'idempotency-key': 'k' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(at(refused?.body, 'error.code')).toBe('idempotency_key_in_use');
  });
});

describe('Stripe’s refusals', () => {
  it('limit calls by the second, and know a wrong key', async () => {
    const stripe = await fresh();
    await stripe.admin('PUT', '/settings', { rate: 1 });
    await stripe.call('GET', '/v1/account');
    const limited = await stripe.call('GET', '/v1/account');
    expect(limited).toMatchObject({ status: 429, body: { error: { code: 'rate_limit' } } });
    expect(limited.headers.get('stripe-rate-limited-reason')).toBe('global-rate');
    const wrong = await stripe.call('GET', '/v1/account', undefined, {
      authorization: 'Bearer sk_test_other',
    });
    expect(wrong.status).toBe(401);
    expect(limited.headers.get('request-id')).toMatch(/^req_/);
  });
});

describe('Stripe’s webhooks', () => {
  it('are genuine: Stripe’s own library verifies them, pretty-printed as they are', async () => {
    const stripe = await fresh();
    const got: Stripe.Event[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const signature = String(request.headers['stripe-signature']);
        got.push(stripe.client.webhooks.constructEvent(body, signature, 'whsec_test'));
        response.end(body.includes('\n  "id"') ? 'pretty' : 'flat');
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await stripe.admin('PUT', '/webhook', { url, secret: 'whsec_test' });
    const id = await stripe.enter(await stripe.customer());
    await expect.poll(() => got.length).toBe(3);
    expect(got.map(({ type }) => type).sort()).toEqual([
      'invoice.created',
      'invoice.finalized',
      'invoice.sent',
    ]);
    const asked = await stripe.admin('POST', '/webhook/send', { invoice: id, type: 'invoice.overdue' });
    expect(asked.body).toMatchObject({ status: 200, body: 'pretty' });
    const last = got.at(-1);
    expect([last?.type, at(last?.data.object, 'id')]).toEqual(['invoice.overdue', id]);
  });
});
