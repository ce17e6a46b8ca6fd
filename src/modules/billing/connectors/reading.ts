import { CodedError } from '../../../shared/kernel/coded-error.js';
import { AnswerInvalid } from '../billing.errors.js';
import type { Invoice } from '../domain/invoice.js';

/** How answers are read: nothing is believed, everything is bounded. All throw BILLING.ANSWER_INVALID. */
export function invalid(found: string): CodedError {
  return AnswerInvalid({ details: { found } });
}

export function recordOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`no ${what}`);
  return value as Record<string, unknown>;
}

export function listOf(value: unknown, what: string, most: number): unknown[] {
  if (!Array.isArray(value)) throw invalid(`no list of ${what}`);
  if (value.length > most) throw invalid(`more than ${most} ${what}`);
  return value;
}

export function idOf(value: unknown, what: string): string {
  if (typeof value !== 'string' || !/^[\w-]{1,100}$/.test(value)) throw invalid(`no id of ${what}`);
  return value;
}

/** One line of text, cut at a length; empty when there is none. */
export function lineOf(value: unknown, most: number): string {
  if (typeof value !== 'string') return '';
  return value
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, most);
}

export function currencyOf(value: unknown): string {
  const code = typeof value === 'string' ? value.toUpperCase() : '';
  if (!/^[A-Z]{3}$/.test(code)) throw invalid('no currency');
  return code;
}

const mostEmails = 10;

/** Addresses in their order, each once. What cannot be one is left out. */
export function emailsOf(values: readonly unknown[]): string[] {
  const texts = values.filter((value) => typeof value === 'string').map((value) => value.trim());
  const addresses = texts.filter((text) => text.length <= 254 && /^[^\s@,;<>]+@[^\s@,;<>]+$/.test(text));
  const byKey = new Map<string, string>();
  for (const address of addresses)
    if (!byKey.has(address.toLowerCase())) byKey.set(address.toLowerCase(), address);
  return [...byKey.values()].slice(0, mostEmails);
}

/** A language tag (BCP 47) in its canonical form; anything else is none. */
export function languageOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 35) return undefined;
  try {
    return Intl.getCanonicalLocales(value)[0];
  } catch {
    return undefined;
  }
}

/** A web address over TLS; anything else is none. */
export function secureUrlOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 2_000 || !URL.canParse(value)) return undefined;
  return new URL(value).protocol === 'https:' ? value : undefined;
}

/** Reads each item; one that cannot be read does not hide the others. */
export function readable(
  items: readonly unknown[],
  read: (item: unknown) => Invoice,
): { invoices: Invoice[]; unreadable: number } {
  const invoices: Invoice[] = [];
  let unreadable = 0;
  for (const item of items) {
    try {
      invoices.push(read(item));
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      unreadable += 1;
    }
  }
  return { invoices, unreadable };
}
