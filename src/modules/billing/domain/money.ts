import { AmountUnreadable } from '../billing.errors.js';

/** Decimals of currencies that have not two (ISO 4217, list one, 2026-01-01; funds and metals are left out). */
const exponents = new Map<string, number>([
  ...codes('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF', 0),
  ...codes('BHD IQD JOD KWD LYD OMR TND', 3),
  ...codes('CLF UYW', 4),
]);

function codes(list: string, exponent: number): [string, number][] {
  return list.split(' ').map((code) => [code, exponent]);
}

/** How many decimals a currency has. */
export function exponentOf(currency: string): number {
  return exponents.get(currency) ?? 2;
}

/**
 * A decimal as an integer of the currency's smallest unit, by its digits and never by arithmetic on a double. More
 * digits than the currency has are rounded half up, away from zero.
 * @param amount as it came out of JSON: its shortest text is what was sent, up to 15 digits
 * @throws BILLING.AMOUNT_UNREADABLE for what is no decimal, or too large to be exact
 */
export function minorOf(amount: number | string, exponent: number): number {
  const text = String(amount);
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d{1,16})(?:\.(\d{1,20}))?$/.exec(text) ?? [];
  if (sign === undefined) throw AmountUnreadable();
  const kept = fraction.slice(0, exponent).padEnd(exponent, '0');
  const roundsUp = (fraction[exponent] ?? '0') >= '5';
  const digits = BigInt(`${whole}${kept}`) + (roundsUp ? 1n : 0n);
  return safe(sign === '-' ? -digits : digits);
}

/**
 * An integer of one smallest unit in another: Stripe counts some currencies in hundredths that have none.
 * @throws BILLING.AMOUNT_UNREADABLE
 */
export function rescaled(minor: number, from: number, to: number): number {
  if (!Number.isSafeInteger(minor)) throw AmountUnreadable();
  if (from === to) return minor;
  const sign = minor < 0 ? '-' : '';
  const digits = String(Math.abs(minor)).padStart(from + 1, '0');
  const point = digits.length - from;
  const fraction = digits.slice(point);
  return minorOf(`${sign}${digits.slice(0, point)}${fraction && `.${fraction}`}`, to);
}

function safe(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw AmountUnreadable();
  return number === 0 ? 0 : number;
}
