import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { live } from '../../../../test/support/dunning.js';
import type { Invoice } from './invoice.js';
import { amountIn, dayIn, dunnedOf, localeOf, totalsOf } from './reminder-text.js';

const spaced = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

const invoice = (part: Partial<Invoice>): Invoice => ({
  ...{
    provider: 'xero',
    account: 't',
    id: 'i1',
    number: 'INV-1',
    customer: { id: 'c', name: 'C', emails: [] },
  },
  ...{ currency: 'EUR', exponent: 2, totalMinor: 123_450, dueMinor: 123_450, status: 'open' },
  ...{ dueDate: '2026-11-02', issuedAt: new Date(0), changedAt: new Date(0) },
  ...part,
});

it.each([
  ['de-DE', 123_450, 'EUR', 2, '1.234,50 €'],
  ['en-GB', 123_450, 'GBP', 2, '£1,234.50'],
  ['en-US', 5_000, 'JPY', 0, '¥5,000'],
  ['en-US', 12_340, 'KWD', 3, 'KWD 12.340'],
  ['en-GB', 1, 'USD', 2, 'US$0.01'],
  ['en-US', 900_719_925_474_099, 'USD', 2, '$9,007,199,254,740.99'],
  ['en-US', -5, 'USD', 2, '-$0.05'],
])('in %s %i of %s is %s', (locale, minor, currency, exponent, text) => {
  expect(spaced(amountIn(locale, minor, currency, exponent))).toBe(text);
});

it('amounts keep all their digits', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 4 }), (minor, exponent) => {
      const digits = amountIn('en-US', minor, 'XTS', exponent).replace(/\D/g, '');
      expect(BigInt(digits)).toBe(BigInt(minor));
    }),
  );
});

it('days are written as they are there', () => {
  expect(dayIn('de-AT', '2026-11-02')).toBe('2. November 2026');
  expect(dayIn('en-US', '2026-11-02')).toBe('November 2, 2026');
  expect(dayIn('th-TH', '2026-11-02')).toContain('2026');
});

describe('the language', () => {
  it.each([
    [{ language: 'pt-BR', country: 'PT' }, 'pt', 'pt-BR'],
    [{ language: 'fr', country: 'CH' }, 'fr', 'fr-CH'],
    [{ country: 'AT' }, 'de', 'de-AT'],
    [{ country: 'GB' }, 'en', 'en-GB'],
    [{}, 'en', 'en'],
  ])('of %j', (customer, language, locale) => {
    expect(localeOf(customer, live)).toEqual({ language, locale });
  });
});

it('an invoice is shown with what is left of it, and sums by currency', () => {
  const shown = dunnedOf(invoice({}), {
    locale: 'de-DE',
    today: '2026-11-20',
    step: 'first',
    url: 'https://x',
  });
  expect({ ...shown, amount: spaced(shown.amount) }).toEqual({
    ...{ invoiceId: 'i1', number: 'INV-1', dueMinor: 123_450, currency: 'EUR', amount: '1.234,50 €' },
    ...{ dueDate: '2026-11-02', due: '2. November 2026', daysLate: 18, url: 'https://x', step: 'first' },
  });
  const totals = totalsOf([invoice({}), invoice({ currency: 'GBP' }), invoice({ dueMinor: 50 })], 'en-GB');
  expect(totals).toEqual([
    { currency: 'EUR', dueMinor: 123_500, amount: '€1,235.00' },
    { currency: 'GBP', dueMinor: 123_450, amount: '£1,234.50' },
  ]);
});
