import { daysBetween } from '../../../shared/calendar/zones.js';
import type { DueTotal, DunnedInvoice } from '../contracts.js';
import type { DunningPolicy } from './dunning-policy.js';
import type { Invoice, InvoiceCustomer } from './invoice.js';

/** In which language, and by which country's customs, a customer is written to. */
export function localeOf(
  { language: own, country }: Pick<InvoiceCustomer, 'language' | 'country'>,
  { languages }: Pick<DunningPolicy, 'languages'>,
): { language: string; locale: string } {
  const known = country !== undefined && Object.hasOwn(languages.ofCountry, country);
  const wanted = own ?? (known ? languages.ofCountry[country]! : languages.default);
  const { language, region, baseName } = new Intl.Locale(wanted);
  const locale = region === undefined && country !== undefined ? `${baseName}-${country}` : baseName;
  return { language, locale };
}

/** An amount as it is written there; by its digits, so that no double rounds it. */
export function amountIn(locale: string, minor: number, currency: string, exponent: number): string {
  const digits = { minimumFractionDigits: exponent, maximumFractionDigits: exponent };
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency, ...digits });
  return format.format(decimalOf(minor, exponent));
}

/** A calendar date as it is written there. */
export function dayIn(locale: string, day: string): string {
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC', calendar: 'gregory' });
  return format.format(new Date(`${day}T00:00:00Z`));
}

/** An invoice as its customer reads of it. @param today where it was issued */
export function dunnedOf(
  invoice: Invoice,
  { locale, today, step, url }: { locale: string; today: string; step?: string; url?: string },
): DunnedInvoice {
  const { id: invoiceId, number, dueMinor, currency, exponent, dueDate = today } = invoice;
  return {
    ...{ invoiceId, number, dueMinor, currency, dueDate, url, step },
    amount: amountIn(locale, dueMinor, currency, exponent),
    due: dayIn(locale, dueDate),
    daysLate: daysBetween(dueDate, today),
  };
}

/** What is due in each currency, in the order in which the invoices have them. */
export function totalsOf(invoices: readonly Invoice[], locale: string): DueTotal[] {
  const currencies = [...new Map(invoices.map(({ currency, exponent }) => [currency, exponent]))];
  return currencies.map(([currency, exponent]) => {
    const same = invoices.filter((one) => one.currency === currency);
    const dueMinor = same.reduce((sum, one) => sum + one.dueMinor, 0);
    return { currency, dueMinor, amount: amountIn(locale, dueMinor, currency, exponent) };
  });
}

function decimalOf(minor: number, exponent: number): `${number}` {
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const point = digits.length - exponent;
  const fraction = exponent > 0 ? `.${digits.slice(point)}` : '';
  return `${minor < 0 ? '-' : ''}${digits.slice(0, point)}${fraction}` as `${number}`;
}
