import { dateIn, isTimeZone } from '../../../shared/calendar/zones.js';
import type { InvoiceStatus } from '../contracts.js';
import type { Invoice, InvoiceCustomer } from '../domain/invoice.js';
import { exponentOf, rescaled } from '../domain/money.js';
import { countryOf } from './country.js';
import {
  currencyOf,
  emailsOf,
  idOf,
  invalid,
  languageOf,
  lineOf,
  listOf,
  recordOf,
  secureUrlOf,
} from './reading.js';

const statuses: Readonly<Record<string, InvoiceStatus>> = {
  draft: 'draft',
  open: 'open',
  paid: 'paid',
  uncollectible: 'uncollectible',
  void: 'void',
};

/** Whose invoices they are, where an event names no account: as Stripe's channel has it. */
const ownAccount = 'self';

const mostInvoices = 100;
const mostPayments = 100;
const mostLocales = 100;

/** Stripe counts these otherwise than ISO 4217 (https://docs.stripe.com/currencies#special-cases). */
const stripeExponents: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 };

export interface StripeInvoicePage {
  readonly items: unknown[];
  readonly hasMore: boolean;
}

/** @throws BILLING.ANSWER_INVALID */
export function stripePageOf(answer: unknown): StripeInvoicePage {
  const page = recordOf(answer, 'page');
  return { items: listOf(page['data'], 'invoices', mostInvoices), hasMore: page['has_more'] === true };
}

/** A Stripe invoice, checked. @param timeZone of the account: due dates are instants there, and dates for people */
export function stripeInvoiceOf(item: unknown, timeZone: string): Invoice {
  const raw = recordOf(item, 'invoice');
  const currency = currencyOf(raw['currency']);
  const exponent = exponentOf(currency);
  const status = statuses[typeof raw['status'] === 'string' ? raw['status'] : ''];
  if (!status) throw invalid('a status that is not known');
  const amount = (value: unknown): number =>
    rescaled(wholeOf(value, 'amount'), stripeExponents[currency] ?? exponent, exponent);
  const times = recordOf(raw['status_transitions'], 'status transitions');
  const created = timeOf(raw['created']);
  return {
    provider: 'stripe',
    account: ownAccount,
    id: idOf(raw['id'], 'invoice'),
    number: lineOf(raw['number'], 255),
    customer: customerOf(raw),
    currency,
    exponent,
    totalMinor: amount(raw['total']),
    dueMinor: status === 'void' ? 0 : amount(raw['amount_remaining']),
    status,
    dueDate: raw['due_date'] === null ? undefined : dateIn(timeZone, timeOf(raw['due_date'])),
    lastPaymentOn: lastPaymentOf(raw['payments'], timeZone),
    issuedAt: optionalTime(times['finalized_at']) ?? created,
    changedAt: latest([created, ...Object.values(times).map(optionalTime)]),
    url: secureUrlOf(raw['hosted_invoice_url']),
  };
}

/** @throws BILLING.ANSWER_INVALID also where the account has no zone that is known */
export function stripeTimeZoneOf(answer: unknown): string {
  const settings = recordOf(recordOf(answer, 'account')['settings'], 'settings');
  const zone = recordOf(settings['dashboard'], 'dashboard')['timezone'];
  if (typeof zone !== 'string' || !isTimeZone(zone)) throw invalid('a time zone that is not known');
  return zone;
}

/** A customer as it is now; undefined when it was deleted. */
export function stripeCustomerOf(answer: unknown): InvoiceCustomer | undefined {
  const raw = recordOf(answer, 'customer');
  if (raw['deleted'] === true) return undefined;
  const locales = listOf(raw['preferred_locales'] ?? [], 'locales', mostLocales);
  const address = raw['address'] ?? {};
  return {
    id: idOf(raw['id'], 'customer'),
    name: lineOf(raw['name'], 255),
    emails: emailsOf([raw['email']]),
    phone: lineOf(raw['phone'], 50) || undefined,
    country: countryOf(recordOf(address, 'address')['country']),
    language: languageOf(locales[0]),
  };
}

/** The customer as it is now where it was asked for; the rest as the invoice has it since it was finalised. */
function customerOf(raw: Record<string, unknown>): InvoiceCustomer {
  const { customer } = raw;
  const isWhole = typeof customer === 'object' && customer !== null;
  const now = isWhole ? stripeCustomerOf(customer) : undefined;
  const emails = now?.emails ?? [];
  return {
    id: idOf(isWhole ? recordOf(customer, 'customer')['id'] : customer, 'customer'),
    name: now?.name || lineOf(raw['customer_name'], 255),
    emails: emails.length > 0 ? emails : emailsOf([raw['customer_email']]),
    phone: (now?.phone ?? lineOf(raw['customer_phone'], 50)) || undefined,
    country: now?.country,
    language: now?.language,
  };
}

/** Payments come along where they were asked for. */
function lastPaymentOf(payments: unknown, timeZone: string): string | undefined {
  if (payments === undefined || payments === null) return undefined;
  const days = listOf(recordOf(payments, 'payments')['data'], 'payments', mostPayments).flatMap((item) => {
    const times = recordOf(recordOf(item, 'payment')['status_transitions'] ?? {}, 'status transitions');
    const paidAt = optionalTime(times['paid_at']);
    return paidAt ? [dateIn(timeZone, paidAt)] : [];
  });
  return days.toSorted().at(-1);
}

function wholeOf(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw invalid(`no ${what}`);
  return value;
}

/** Seconds of the years 2000 to 2200. */
function timeOf(value: unknown): Date {
  const seconds = wholeOf(value, 'time');
  if (seconds < 946_684_800 || seconds > 7_258_118_400) throw invalid('no time');
  return new Date(seconds * 1_000);
}

function optionalTime(value: unknown): Date | undefined {
  return value === null || value === undefined ? undefined : timeOf(value);
}

function latest(times: readonly (Date | undefined)[]): Date {
  return new Date(Math.max(...times.map((time) => time?.getTime() ?? 0)));
}
