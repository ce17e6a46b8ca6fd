import { exponentOf, minorOf } from '../domain/money.js';
import type { Invoice, InvoiceCustomer } from '../domain/invoice.js';
import type { InvoiceStatus } from '../contracts.js';
import { countryOf } from './country.js';
import { currencyOf, emailsOf, idOf, invalid, lineOf, listOf, recordOf, secureUrlOf } from './reading.js';
import type { XeroAnswer } from './xero-api.js';
import { ianaZoneOf } from './xero-time-zones.js';

/** A status that stays open when it is late: Xero has none for overdue. Deleted drafts are void. */
const statuses: Readonly<Record<string, InvoiceStatus>> = {
  DRAFT: 'draft',
  SUBMITTED: 'draft',
  AUTHORISED: 'open',
  PAID: 'paid',
  VOIDED: 'void',
  DELETED: 'void',
};

const mostInvoices = 1_000;
const mostPeople = 100;

type Listed = 'invoices' | 'contacts' | 'organisations' | 'creditNotes';

/** The items of a listing, as xero-node names their members. @throws BILLING.ANSWER_INVALID */
export function itemsOf({ body }: XeroAnswer, name: Listed): unknown[] {
  return listOf(recordOf(body, 'answer')[name], name, mostInvoices);
}

/** Whether it is a sales invoice: `ACCPAY` are bills. */
export function isSale(item: unknown): boolean {
  return recordOf(item, 'invoice')['type'] === 'ACCREC';
}

/** A sales invoice, checked. Its customer has an id and a name: addresses are on the contact. */
export function xeroInvoiceOf(item: unknown, account: string): Invoice {
  const raw = recordOf(item, 'invoice');
  const currency = currencyOf(raw['currencyCode']);
  const exponent = exponentOf(currency);
  const contact = recordOf(raw['contact'], 'contact');
  const status = statuses[typeof raw['status'] === 'string' ? raw['status'] : ''];
  if (!status) throw invalid('a status that is not known');
  return {
    provider: 'xero',
    account,
    id: idOf(raw['invoiceID'], 'invoice'),
    number: lineOf(raw['invoiceNumber'], 255),
    customer: { id: idOf(contact['contactID'], 'contact'), name: lineOf(contact['name'], 255), emails: [] },
    currency,
    exponent,
    totalMinor: minorOf(amountOf(raw['total']), exponent),
    dueMinor: minorOf(amountOf(raw['amountDue']), exponent),
    status,
    dueDate: raw['dueDate'] === undefined ? undefined : dayOf(raw['dueDate']),
    lastPaymentOn: lastPaymentOf(raw['payments']),
    issuedAt: timeOf(raw['date']),
    changedAt: timeOf(raw['updatedDateUTC']),
  };
}

/** When an invoice changed last, and which it is. */
export function changeOf(item: unknown): { id: string; at: Date } {
  const raw = recordOf(item, 'invoice');
  return { id: idOf(raw['invoiceID'], 'invoice'), at: timeOf(raw['updatedDateUTC']) };
}

/** Whom its invoices are sent to: the contact itself, and those of its people who are included in e-mails. */
export function xeroCustomerOf(answer: XeroAnswer): InvoiceCustomer {
  const [first] = itemsOf(answer, 'contacts');
  const raw = recordOf(first, 'contact');
  const people = optionalList(raw['contactPersons'], 'people').map((item) => recordOf(item, 'person'));
  const included = people.filter((person) => person['includeInEmails'] === true);
  return {
    id: idOf(raw['contactID'], 'contact'),
    name: lineOf(raw['name'], 255),
    emails: emailsOf([raw['emailAddress'], ...included.map((person) => person['emailAddress'])]),
    phone: phoneOf(optionalList(raw['phones'], 'phones')),
    country: addressCountryOf(optionalList(raw['addresses'], 'addresses')),
  };
}

/** Whose sales credit note it is: `ACCPAYCREDIT` are those of suppliers. */
export function creditedCustomerOf(answer: XeroAnswer): string | undefined {
  const [first] = itemsOf(answer, 'creditNotes');
  const raw = recordOf(first, 'credit note');
  if (raw['type'] !== 'ACCRECCREDIT') return undefined;
  return idOf(recordOf(raw['contact'], 'contact')['contactID'], 'contact');
}

/** The page on which an invoice is seen and paid. */
export function onlineUrlOf({ body }: XeroAnswer): string | undefined {
  const [first] = optionalList(recordOf(body, 'answer')['onlineInvoices'], 'online invoices');
  return first === undefined ? undefined : secureUrlOf(recordOf(first, 'online invoice')['onlineInvoiceUrl']);
}

/** @throws BILLING.ANSWER_INVALID also for a zone that is not known: another one would name other days */
export function xeroOrganisationOf(answer: XeroAnswer): { name: string; timeZone: string } {
  const [first] = itemsOf(answer, 'organisations');
  const raw = recordOf(first, 'organisation');
  const zone = lineOf(raw['timezone'], 100);
  const timeZone = ianaZoneOf(zone);
  if (!timeZone) throw invalid(`a time zone that is not known: ${zone}`);
  return { name: lineOf(raw['name'], 255), timeZone };
}

function optionalList(value: unknown, what: string): unknown[] {
  return value === undefined || value === null ? [] : listOf(value, what, mostPeople);
}

/** The days of payments as they were entered: the bank's, where they came from its feed. */
function lastPaymentOf(payments: unknown): string | undefined {
  const days = optionalList(payments, 'payments').map((item) => dayOf(recordOf(item, 'payment')['date']));
  return days.toSorted().at(-1);
}

/** `POBOX` is the address of bills. */
const addressOrder = ['POBOX', 'STREET', 'DELIVERY'];

function addressCountryOf(addresses: unknown[]): string | undefined {
  const known = addresses.map((item) => recordOf(item, 'address'));
  const countries = addressOrder.map((type) =>
    countryOf(known.find((one) => String(one['addressType']) === type)?.['country']),
  );
  return countries.find((country) => country !== undefined);
}

const phoneOrder = ['DEFAULT', 'MOBILE', 'DDI'];

/** The main number, otherwise the next that there is: as digits with a plus where the country is known. */
function phoneOf(phones: unknown[]): string | undefined {
  const known = phones.map((item) => recordOf(item, 'phone'));
  for (const type of phoneOrder) {
    const phone = known.find((one) => String(one['phoneType']) === type);
    const number = lineOf(phone?.['phoneNumber'], 50);
    if (!phone || number === '') continue;
    const country = lineOf(phone['phoneCountryCode'], 20).replace(/\D/g, '');
    const area = lineOf(phone['phoneAreaCode'], 10);
    return country === '' ? `${area}${number}`.trim() : `+${country}${`${area}${number}`.replace(/\D/g, '')}`;
  }
  return undefined;
}

function amountOf(value: unknown): number {
  if (typeof value !== 'number') throw invalid('no amount');
  return value;
}

/** xero-node makes a date of `/Date(…)/`, also where its types say text. */
function timeOf(value: unknown): Date {
  const time = value instanceof Date ? value : new Date(typeof value === 'string' ? value : Number.NaN);
  const ms = time.getTime();
  // Years 2000 to 2200: what lies outside is no date of an invoice.
  if (!(ms > 946_684_800_000 && ms < 7_258_118_400_000)) throw invalid('no time');
  return time;
}

/** Xero's dates are midnights in UTC, whatever the organisation's zone. */
function dayOf(value: unknown): string {
  return timeOf(value).toISOString().slice(0, 10);
}
