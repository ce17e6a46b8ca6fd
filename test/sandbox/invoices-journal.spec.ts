import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startSandbox } from '../../sandbox/server.ts';
import { StripeUnderTest } from './stripe-client.ts';
import { SandboxUnderTest, freshSandbox } from './support.ts';
import { XeroUnderTest } from './xero-client.ts';

const paths = ['/effects', '/xero/invoices', '/xero/contacts', '/xero/grants', '/xero/sequence'].concat([
  '/stripe/invoices',
  '/stripe/customers',
  '/stripe/webhook',
]);

it('Xero and Stripe come back after a restart, from events and from a compacted file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-sandbox-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const dataFile = join(folder, 'journal.jsonl');
  const first = new SandboxUnderTest(await startSandbox({ dataFile }));
  const xero = await new XeroUnderTest(first).login();
  const stripe = new StripeUnderTest(first);
  const { refresh_token: refreshToken = '' } = await xero.authorize();
  const id = await xero.enter();
  await xero.admin('POST', `/invoices/${id}/payments`, { amount: 20 });
  await xero.admin('PUT', '/webhook', { url: 'http://127.0.0.1:9/', key: 'k', automatic: false });
  await xero.admin('POST', '/webhook/send', { invoice: id });
  const customer = await stripe.customer();
  await stripe.admin('POST', `/invoices/${await stripe.enter(customer)}/pay`);
  const form = `customer=${customer}&amount=5&days_until_due=1`;
  const kept = { 'idempotency-key': 'kept' };
  const made = await stripe.call('POST', '/v1/invoices', form, kept);
  const stateOf = (one: SandboxUnderTest) =>
    Promise.all(paths.map(async (path) => (await one.admin('GET', path)).body));
  const before = await stateOf(first);
  await first.sandbox.close();
  const second = new SandboxUnderTest(await startSandbox({ dataFile }));
  expect(await stateOf(second)).toEqual(before);
  await second.sandbox.close();
  const third = await freshSandbox({ dataFile });
  expect(await stateOf(third)).toEqual(before);

  const again = new XeroUnderTest(third);
  expect((await again.form({ grant_type: 'refresh_token', refresh_token: refreshToken })).status).toBe(200);
  again.token = xero.token;
  expect((await again.call('GET', '/Organisation')).status).toBe(200);
  const replayed = await new StripeUnderTest(third).call('POST', '/v1/invoices', form, kept);
  expect(replayed.body).toEqual(made.body);
});
