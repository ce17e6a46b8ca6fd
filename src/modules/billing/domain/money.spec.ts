import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponentOf, minorOf, rescaled } from './money.js';

describe('minorOf', () => {
  it.each([
    [0.1 + 0.2, 2, 30],
    [1.005, 2, 101],
    [2.675, 2, 268],
    [19.99, 2, 1_999],
    [120, 0, 120],
    [120.5, 0, 121],
    [120.49, 0, 120],
    [12.34, 3, 12_340],
    [-0.005, 2, -1],
    [-0.004, 2, 0],
    ['9007199254740.99', 2, 900_719_925_474_099],
    ['007.50', 2, 750],
  ])('%s with %i decimals is %i', (amount, exponent, minor) => {
    expect(minorOf(amount, exponent)).toBe(minor);
  });

  it.each([Number.NaN, Infinity, 1e21, 1e-9, '', '1.', '.5', '1,5', '0x10', ' 1', '90071992547409.92'])(
    'refuses %s',
    (amount) => {
      expect(() => minorOf(amount, 2)).toThrow(/no decimal number/);
    },
  );

  it('is exact for every amount of up to thirteen digits before the point', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e15, max: 1e15 }), (cents) => {
        const sign = cents < 0 ? '-' : '';
        const digits = String(Math.abs(cents)).padStart(3, '0');
        const text = `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
        expect(minorOf(text, 2)).toBe(cents === 0 ? 0 : cents);
        expect(minorOf(Number(text), 2)).toBe(cents === 0 ? 0 : cents);
      }),
    );
  });
});

describe('rescaled', () => {
  it.each([
    [90_000, 2, 0, 900],
    [950, 2, 0, 10],
    [5, 2, 0, 0],
    [500, 0, 2, 50_000],
    [-1_250, 3, 2, -125],
    [7, 2, 2, 7],
  ])('%i of %i decimals are %4$i of %3$i', (minor, from, to, expected) => {
    expect(rescaled(minor, from, to)).toBe(expected);
  });

  it('refuses what is no whole number', () => {
    for (const minor of [0.5, Number.NaN, 2 ** 53]) expect(() => rescaled(minor, 2, 0)).toThrow();
  });
});

it.each([
  ['GBP', 2],
  ['JPY', 0],
  ['ISK', 0],
  ['KWD', 3],
  ['CLF', 4],
  ['XXX', 2],
  ['constructor', 2],
])('%s has %i decimals', (currency, exponent) => {
  expect(exponentOf(currency)).toBe(exponent);
});
