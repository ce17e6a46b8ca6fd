import { describe, expect, it } from 'vitest';
import { at, freshSandbox } from './support.ts';
import { XeroUnderTest, tenant } from './xero-client.ts';

const fresh = async (): Promise<XeroUnderTest> => new XeroUnderTest(await freshSandbox()).login();
const overdue = 'Type=="ACCREC" AND AmountDue>0 AND DueDate<DateTime(2026,11,20)';

describe('Xero’s invoices', () => {
  it('are listed by where, status, contact and page, in an order, by Xero’s own client', async () => {
    const xero = await fresh();
    for (const day of ['2026-11-01', '2026-10-30', '2026-11-25']) await xero.enter({ DueDate: day });
    await xero.enter({ Type: 'ACCPAY', InvoiceNumber: 'BILL-1' });
    await xero.enter({ Status: 'DRAFT' });
    const page = (number: number) =>
      xero.api.getInvoices(
        ...[tenant, undefined, overdue, 'DueDate ASC', undefined, undefined, undefined, ['AUTHORISED']],
        ...[number, undefined, undefined, undefined, undefined, 1],
      );
    const [first, second] = [await page(1), await page(2)];
    expect(first.body.pagination).toMatchObject({ page: 1, pageSize: 1, pageCount: 2, itemCount: 2 });
    expect([first, second].map(({ body }) => body.invoices?.[0]?.invoiceNumber)).toEqual([
      'INV-0002',
      'INV-0001',
    ]);
    expect(first.body.invoices?.[0]).toMatchObject({ amountDue: 120, total: 120, currencyCode: 'GBP' });
    const contactID = first.body.invoices?.[0]?.contact?.contactID ?? '';
    const others = await xero.call('GET', `/Invoices?ContactIDs=00000000-0000-4000-8000-000000000000`);
    expect(at(others.body, 'Invoices')).toEqual([]);
    expect(at((await xero.call('GET', `/Invoices?ContactIDs=${contactID}`)).body, 'Invoices')).toHaveLength(
      5,
    );
  });

  it('have lines only where they are paged, and dates that are Microsoft’s', async () => {
    const xero = await fresh();
    const id = await xero.enter();
    const unpaged = await xero.call('GET', '/Invoices');
    expect(at(unpaged.body, 'Invoices.0')).toMatchObject({
      LineItems: [],
      DueDate: '/Date(1793404800000+0000)/',
    });
    expect(at((await xero.call('GET', '/Invoices?page=1')).body, 'Invoices.0.LineItems')).toHaveLength(1);
    expect(at((await xero.call('GET', `/Invoices/${id}`)).body, 'Invoices.0.LineItems')).toHaveLength(1);
    expect((await xero.call('GET', '/Invoices/none')).status).toBe(404);
  });

  it('that changed since a moment are all that is listed', async () => {
    const xero = await fresh();
    await xero.enter();
    const since = { 'If-Modified-Since': new Date(Date.now() + 5_000).toISOString().slice(0, 19) };
    expect(at((await xero.call('GET', '/Invoices', undefined, since)).body, 'Invoices')).toEqual([]);
    const before = { 'If-Modified-Since': '2020-01-01T00:00:00' };
    expect(at((await xero.call('GET', '/Invoices', undefined, before)).body, 'Invoices')).toHaveLength(1);
  });

  it.each([
    ['Type="ACCREC"', 400],
    ['Nothing==1', 400],
    ['DueDate<DateTime(2026)', 400],
    ['Status=="AUTHORISED" AND Contact.ContactID==guid("x")', 200],
  ])('answer the filter %s with %i', async (where, status) => {
    const xero = await fresh();
    expect((await xero.call('GET', `/Invoices?where=${encodeURIComponent(where)}`)).status).toBe(status);
  });

  it('are paid in part, credited and paid by people, and then nothing is due', async () => {
    const xero = await fresh();
    const id = await xero.enter();
    await xero.admin('POST', `/invoices/${id}/payments`, { amount: 20.5 });
    await xero.admin('POST', `/invoices/${id}/credit-notes`, { amount: 9.5 });
    const partly = at((await xero.call('GET', `/Invoices/${id}`)).body, 'Invoices.0');
    expect(partly).toMatchObject({
      Status: 'AUTHORISED',
      AmountDue: 90,
      AmountPaid: 20.5,
      AmountCredited: 9.5,
    });
    await xero.admin('POST', `/invoices/${id}/payments`, { date: '2026-11-02' });
    const paid = at((await xero.call('GET', `/Invoices/${id}`)).body, 'Invoices.0');
    expect(paid).toMatchObject({
      Status: 'PAID',
      AmountDue: 0,
      FullyPaidOnDate: '/Date(1793577600000+0000)/',
    });
    expect(at((await xero.call('GET', '/CreditNotes')).body, 'CreditNotes')).toHaveLength(1);
  });
});

describe('writes to Xero', () => {
  const invoice = (more: object = {}) => ({
    ...{ Type: 'ACCREC', Contact: { Name: 'Customer One Ltd' }, DueDate: '2026-12-20', Status: 'AUTHORISED' },
    LineItems: [{ Description: 'Work', Quantity: 2, UnitAmount: 10.1, AccountCode: '200' }],
    ...more,
  });

  it('create by PUT, update by POST, and are counted', async () => {
    const xero = await fresh();
    const made = await xero.call('PUT', '/Invoices', { Invoices: [invoice({ Reference: 'deal 1' })] });
    expect(at(made.body, 'Invoices.0')).toMatchObject({ Total: 20.2, InvoiceNumber: 'INV-0001' });
    const id = String(at(made.body, 'Invoices.0.InvoiceID'));
    await xero.call('POST', `/Invoices/${id}`, { Reference: 'deal 1', DueDate: '2026-12-24' });
    await xero.call('POST', '/Invoices', { InvoiceNumber: 'INV-0001', DueDate: '2026-12-24' });
    const { body } = await xero.under.admin('GET', '/effects');
    expect(at(body, 'providers.xero.invoices')).toMatchObject({ created: 1, updated: 1, unchangedWrites: 1 });
  });

  it('under one key are one, another request under it is refused', async () => {
    const xero = await fresh();
    const key = { 'Idempotency-Key': 'a-key' };
    const ids = [];
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const made = await xero.call('PUT', '/Invoices', { Invoices: [invoice()] }, key);
      ids.push(at(made.body, 'Invoices.0.InvoiceID'));
    }
    expect(ids[0]).toBe(ids[1]);
    expect(
      (await xero.call('PUT', '/Invoices', { Invoices: [invoice({ Reference: 'x' })] }, key)).status,
    ).toBe(400);
    const long = { 'Idempotency-Key': 'k'.repeat(129) };
    expect((await xero.call('PUT', '/Invoices', { Invoices: [invoice()] }, long)).status).toBe(400);
  });

  it('that are wrong refuse all, or are answered one by one', async () => {
    const xero = await fresh();
    const items = { Invoices: [invoice(), invoice({ LineItems: [{ UnitAmount: 1, AccountCode: '999' }] })] };
    const all = await xero.call('POST', '/Invoices', items);
    expect(all).toMatchObject({ status: 400, body: { ErrorNumber: 10, Type: 'ValidationException' } });
    expect(at(all.body, 'Elements.0.ValidationErrors.0.Message')).toMatch(/^Account code '999'/);
    const each = await xero.call('POST', '/Invoices?SummarizeErrors=false', items);
    expect(each.status).toBe(200);
    expect(at(each.body, 'Invoices.0.StatusAttributeString')).toBe('OK');
    expect(at(each.body, 'Invoices.1')).toMatchObject({ HasErrors: true, StatusAttributeString: 'ERROR' });
    expect(at((await xero.admin('GET', '/invoices')).body, 'total')).toBe(1);
  });
});
