import { randomUUID } from 'node:crypto';
import { asObject, asString, isObject } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Company } from './company.ts';
import { putContact, textIn } from './contact-writes.ts';
import { dayOf, readDay } from './dates.ts';
import { paidOf, roundTo } from './records.ts';
import type { Author, InvoiceStatus, InvoiceType, LineItem, XeroInvoice } from './records.ts';
import type { XeroStore } from './store.ts';

/** An item of a write, after it was looked at: what would be stored, or why not. */
export type Planned = { invoice?: XeroInvoice; isNew: boolean; problems: string[]; given: JsonObject };

const STATUSES = new Set(['DRAFT', 'SUBMITTED', 'AUTHORISED', 'VOIDED', 'DELETED']);
/** Currencies that Xero keeps no cents of. */
const WHOLE = new Set(['JPY', 'KRW', 'VND', 'CLP', 'ISK']);

/** What a creation or an update of an invoice comes to. Changes nothing but for a contact that is named anew. */
export function planInvoice(company: Company, given: unknown, author: Author, createOnly: boolean): Planned {
  const body = asObject(given);
  const existing = createOnly ? undefined : findInvoice(company, body);
  const problems: string[] = [];
  if (asString(body['InvoiceID']) && !existing) problems.push('Invoice not found');
  const contactId = contactIdFor(company, body, existing, author, problems);
  const draft = merge(company, body, existing, contactId);
  problems.push(...problemsOf(company, draft, existing, body));
  return { invoice: problems.length === 0 ? draft : undefined, isNew: !existing, problems, given: body };
}

export function commitPlanned(company: Company, { invoice, isNew }: Planned, by: Author): void {
  if (!invoice) return;
  const before = company.store.invoices.get(invoice.id);
  if (before && sameContent(before, invoice)) company.commit({ type: 'invoice-unchanged', by });
  else company.commit({ type: 'invoice-put', invoice, isNew, by });
}

function findInvoice({ store }: Company, body: JsonObject): XeroInvoice | undefined {
  const id = asString(body['InvoiceID']);
  const number = asString(body['InvoiceNumber']);
  if (id) return store.invoices.get(id);
  return number ? store.invoice(number) : undefined;
}

function contactIdFor(
  company: Company,
  body: JsonObject,
  existing: XeroInvoice | undefined,
  author: Author,
  problems: string[],
): string {
  if (!isObject(body['Contact'])) {
    if (!existing) problems.push('A Contact must be specified for this type of transaction');
    return existing?.contactId ?? '';
  }
  const { ContactID, Name } = body['Contact'];
  const id = asString(ContactID);
  if (id !== undefined) {
    if (!company.store.contacts.has(id)) problems.push('The contact could not be found');
    return id;
  }
  const name = asString(Name) ?? '';
  if (name === '') problems.push('The Contact has neither an id nor a name');
  return company.store.contactNamed(name)?.id ?? putContact(company, { Name: name }, author).id;
}

function merge(
  { store }: Company,
  body: JsonObject,
  existing: XeroInvoice | undefined,
  contactId: string,
): XeroInvoice {
  const base = existing ?? blank(store);
  const currency = textIn(body, 'CurrencyCode', base.currency);
  const places = WHOLE.has(currency) ? 0 : 2;
  const lineItems = Array.isArray(body['LineItems'])
    ? body['LineItems'].map((line) => lineOf(line, places))
    : base.lineItems;
  return {
    ...base,
    type: textIn(body, 'Type', base.type) as InvoiceType,
    number: textIn(body, 'InvoiceNumber', base.number),
    reference: textIn(body, 'Reference', base.reference),
    contactId,
    date: readDay(body['Date']) ?? base.date,
    dueDate: readDay(body['DueDate']) ?? base.dueDate,
    status: textIn(body, 'Status', base.status) as InvoiceStatus,
    currency,
    lineItems,
    ...totalsOf(lineItems, places),
    sentToContact: body['SentToContact'] === true || base.sentToContact,
    updatedAt: Math.max(Date.now(), base.updatedAt + 1),
  };
}

function totalsOf(lines: LineItem[], places: number): { subTotal: number; totalTax: number; total: number } {
  const sum = (amount: (line: LineItem) => number): number =>
    roundTo(
      lines.reduce((total, line) => total + amount(line), 0),
      places,
    );
  const subTotal = sum(({ quantity, unitAmount }) => quantity * unitAmount);
  const totalTax = sum(({ taxAmount }) => taxAmount);
  return { subTotal, totalTax, total: roundTo(subTotal + totalTax, places) };
}

function blank(store: XeroStore): XeroInvoice {
  return {
    id: randomUUID(),
    type: '' as InvoiceType,
    number: `INV-${String(store.nextNumber).padStart(4, '0')}`,
    reference: '',
    contactId: '',
    date: dayOf(Date.now()),
    dueDate: '',
    status: 'DRAFT',
    currency: store.organisation.currency,
    lineItems: [],
    subTotal: 0,
    totalTax: 0,
    total: 0,
    payments: [],
    credited: 0,
    sentToContact: false,
    updatedAt: 0,
  };
}

function lineOf(value: unknown, places: number): LineItem {
  const line = asObject(value);
  return {
    id: asString(line['LineItemID']) ?? randomUUID(),
    description: asString(line['Description']) ?? '',
    quantity: Number(line['Quantity'] ?? 1),
    unitAmount: Number(line['UnitAmount'] ?? 0),
    taxAmount: roundTo(Number(line['TaxAmount'] ?? 0), places),
    accountCode: asString(line['AccountCode']) ?? '200',
  };
}

function problemsOf(
  { store }: Company,
  draft: XeroInvoice,
  existing: XeroInvoice | undefined,
  body: JsonObject,
): string[] {
  const twin = store.invoice(draft.number);
  const isAuthorised = draft.status === 'AUTHORISED';
  const wrongLine = draft.lineItems.find(
    ({ accountCode }) => !/^\d{3}$/.test(accountCode) || accountCode === '999',
  );
  const rules: [boolean, string][] = [
    [draft.type !== 'ACCREC' && draft.type !== 'ACCPAY', 'Type must be either ACCREC or ACCPAY'],
    [twin !== undefined && twin.id !== draft.id, 'Invoice # must be unique.'],
    [body['Status'] !== undefined && !STATUSES.has(draft.status), 'Status is not valid'],
    [!Number.isFinite(draft.total), 'An amount is not a number'],
    [isAuthorised && draft.dueDate === '', 'Due Date cannot be empty'],
    [isAuthorised && draft.lineItems.length === 0, 'One or more line items must be specified'],
    [!!wrongLine, `Account code '${wrongLine?.accountCode}' is not a valid code for this document.`],
    [isFinal(existing, draft), 'Invoice not of valid status for modification'],
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, message]) => message);
}

function isFinal(existing: XeroInvoice | undefined, draft: XeroInvoice): boolean {
  if (!existing) return false;
  const isClosed = ['PAID', 'VOIDED', 'DELETED'].includes(existing.status);
  return isClosed || (draft.status === 'VOIDED' && paidOf(existing) > 0);
}

function sameContent(before: XeroInvoice, after: XeroInvoice): boolean {
  const content = ({ updatedAt: _time, lineItems, ...rest }: XeroInvoice): string =>
    JSON.stringify([rest, lineItems.map(({ id: _id, ...line }) => line)]);
  return content(before) === content(after);
}
