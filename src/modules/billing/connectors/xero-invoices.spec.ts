import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { withSandbox } from '../../../../test/support/sandbox-under-test.js';
import { until } from '../../../../test/support/until.js';
import { XeroWorld } from '../../../../test/support/xero-world.js';
import type { CodedError } from '../../../shared/kernel/coded-error.js';

const sandbox = withSandbox();
let db: TestDatabase;
let world: XeroWorld;
beforeAll(async () => (db = await testDatabase()));
afterAll(() => db.close());
beforeEach(async () => {
  await db.database.query(`delete from billing.oauth_grants`);
  world = new XeroWorld(sandbox, db);
});

const failure = (work: Promise<unknown>): Promise<CodedError> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: CodedError) => error,
  );

/** Any call that is one call: the organisation, read anew each time. */
const call = (xero = world.xero, signal?: AbortSignal) => xero.api.organisation(signal);

const person = (email: string, included: boolean) => ({
  ...{ FirstName: 'A', LastName: 'Person', EmailAddress: email, IncludeInEmails: included },
});

describe('XeroInvoices', () => {
  it('writes to the contact and to those of its people who are included, each once', async () => {
    await world.admin('POST', '/contacts', {
      ...{ Name: 'Customer Ltd', EmailAddress: 'Billing@example.com' },
      ContactPersons: [
        person('owner@example.com', true),
        person('private@example.com', false),
        person('billing@example.com', true),
        person('no address', true),
      ],
    });
    const id = await world.issue({
      customer: await world.customer({ name: 'Customer Ltd', email: 'Billing@example.com', phone: '' }),
      ...{ minor: 100, dueDate: '2026-10-31' },
    });
    const invoice = await world.invoices.invoice(id);
    expect(invoice?.customer).toMatchObject({
      emails: ['Billing@example.com', 'owner@example.com'],
      phone: undefined,
    });
  });

  it('reads an invoice by three calls while something is due, and by two afterwards', async () => {
    const customer = await world.customer({ name: 'Customer Ltd', email: 'a@example.com', phone: '' });
    const id = await world.issue({ customer, minor: 100, dueDate: '2026-10-31' });
    await world.invoices.invoice(id);
    await world.pay(id);
    await world.invoices.invoice(id);
    const paths = (await sandbox.paths('xero')).filter((path) => path.startsWith('/api.xro'));
    const [invoice, contact] = [`/api.xro/2.0/Invoices/${id}`, `/api.xro/2.0/Contacts/${customer}`];
    expect(paths).toEqual([invoice, contact, `${invoice}/OnlineInvoice`, invoice, contact]);
  });

  it('knows no bills', async () => {
    const bill = await world.admin('POST', '/invoices', {
      ...{ Type: 'ACCPAY', Status: 'AUTHORISED', Contact: { Name: 'Supplier Ltd' }, DueDate: '2026-10-31' },
      LineItems: [{ UnitAmount: 5 }],
    });
    expect(await world.invoices.invoice(String(bill['InvoiceID']))).toBeUndefined();
    const late = await world.invoices.overdue(new Date('2026-11-20T12:00:00Z'), undefined);
    expect(late.invoices).toEqual([]);
  });

  it('tells whose credit note it is', async () => {
    const customer = await world.customer({ name: 'Customer Ltd', email: 'a@example.com', phone: '' });
    const id = await world.issue({ customer, minor: 10_000, dueDate: '2026-10-31' });
    await world.admin('POST', `/invoices/${id}/credit-notes`, { amount: 25 });
    const note = await world.admin('GET', '/credit-notes');
    const [{ CreditNoteID: noteId }] = note['results'] as [{ CreditNoteID: string }];
    expect(await world.invoices.customerOfCreditNote(noteId)).toBe(customer);
    expect(await world.invoices.customerOfCreditNote(world.unknownId)).toBeUndefined();
    expect(await world.invoices.customerOfCreditNote('x/../y')).toBeUndefined();
    expect((await world.invoices.invoice(id))?.dueMinor).toBe(7_500);
  });

  it('leaves out what it cannot read, and says how many', async () => {
    const customer = await world.customer({ name: 'Customer Ltd', email: 'a@example.com', phone: '' });
    const issue = (currency: string) =>
      world.issue({ customer, currency, minor: 100, dueDate: '2026-10-31' });
    const id = await issue('GBP');
    await issue('NOT');
    await issue('??');
    const page = await world.invoices.overdue(new Date('2026-11-20T12:00:00Z'), undefined);
    expect(page.invoices.map((one) => one.id)).toContain(id);
    expect([page.invoices.length, page.unreadable]).toEqual([2, 1]);
  });

  it('draws on one budget, which all processes share', async () => {
    await call();
    expect(world.rates.limits).toEqual([['xero', 60]]);
  });
});

describe('XeroInvoices when Xero refuses', () => {
  it.each([
    ['429-minute', 'BILLING.RATE_LIMITED', 27_000, 27_000],
    ['429-concurrent', 'BILLING.RATE_LIMITED', 2_000, 1_000],
    ['403', 'BILLING.PERMISSION_MISSING', undefined, undefined],
    ['400-validation', 'BILLING.REQUEST_REFUSED', undefined, undefined],
    ['500', 'BILLING.UNAVAILABLE', undefined, undefined],
    ['503-html', 'BILLING.UNAVAILABLE', undefined, undefined],
    ['401', 'BILLING.CREDENTIALS_REFUSED', undefined, undefined],
  ])('%s is %s', async (kind, code, retryAfterMs, holdMs) => {
    await world.fault({ match: { path: 'Organisation' }, times: 1, kind });
    expect(await failure(call())).toMatchObject({ code, retryAfterMs });
    expect(world.rates.holds).toEqual(holdMs === undefined ? [] : [['xero', holdMs]]);
    await call();
  });

  it('the limit of the day waits for its end, an hour at the most', async () => {
    await world.fault({ match: { path: 'Organisation' }, times: 1, kind: '429-day' });
    const { retryAfterMs = 0, details } = await failure(call());
    expect(details).toEqual({ limit: 'day' });
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(3_600_000);
  });

  it('a token that Xero takes no more is renewed for the next call', async () => {
    await call();
    await world.admin('POST', '/tokens/revoke');
    expect((await failure(call())).code).toBe('BILLING.CREDENTIALS_REFUSED');
    await call();
    expect((await sandbox.paths('xero')).filter((path) => path === '/connect/token')).toHaveLength(2);
  });

  it('five failures in a row stop the calls', async () => {
    const xero = world.connect({ breakerOpenMs: 60_000 });
    await world.fault({ match: { path: 'Organisation' }, kind: '500' });
    for (let attempt = 0; attempt < 5; attempt += 1) await failure(call(xero));
    expect((await failure(call(xero))).code).toBe('CONNECTORS.BREAKER_OPEN');
    expect(world.gates.closedFor('xero')).toBeGreaterThan(0);
  });
});

describe('the transport under xero-node', () => {
  it.each([
    [{ kind: 'timeout' }, 'BILLING.UNAVAILABLE'],
    [{ kind: 'reset-before' }, 'BILLING.UNAVAILABLE'],
    [{ kind: 'reset-after' }, 'BILLING.UNAVAILABLE'],
    [{ fault: { truncate: true } }, 'BILLING.UNAVAILABLE'],
    [{ fault: { huge: 3_000_000 } }, 'BILLING.ANSWER_INVALID'],
    [{ fault: { status: 200, body: '{"Organisations": "none"}' } }, 'BILLING.ANSWER_INVALID'],
    [{ fault: { status: 200, body: '<html>' } }, 'BILLING.ANSWER_INVALID'],
    [{ fault: { status: 302, body: '', headers: { location: '/' } } }, 'BILLING.UNAVAILABLE'],
  ])('%j is %s, and nothing is sent twice', async (rule, code) => {
    await world.fault({ match: { path: 'Organisation' }, times: 1, ...rule });
    expect((await failure(world.xero.invoices.timeZone())).code).toBe(code);
    const calls = (await sandbox.paths('xero')).filter((path) => path.endsWith('/Organisation'));
    expect(calls).toHaveLength(1);
  });

  it('ends a call when its lease is lost', async () => {
    await call();
    await world.admin('PUT', '/settings', { latencyMs: 500 });
    const controller = new AbortController();
    const aborted = failure(call(world.xero, controller.signal));
    await until('the call is on its way', async () => (await sandbox.paths('xero')).length === 4);
    const begun = performance.now();
    controller.abort(new Error('lease lost'));
    expect((await aborted).code).toBe('BILLING.UNAVAILABLE');
    expect(performance.now() - begun).toBeLessThan(300);
  });
});
