import { describe, expect, it } from 'vitest';
import { worldTools } from '../world-tools.js';
import { countryCode } from './country-names.js';
import { countryFindings } from './country.js';
import { readDomain } from './domains.js';

const tools = worldTools();

describe('a country in words', () => {
  it.each([
    ['de', 'DE'],
    ['Germany', 'DE'],
    ['Deutschland', 'DE'],
    [' the Netherlands ', 'NL'],
    ['UK', 'GB'],
    ['U.S.A.', 'US'],
    ['Côte d’Ivoire', 'CI'],
    ['españa', 'ES'],
    ['DEU', 'DE'],
  ])('%s is %s', (text, code) => {
    expect(countryCode(text, tools.countries())).toBe(code);
  });

  it.each(['', 'xx', 'EU', 'Atlantis', '__proto__', 'constructor', '\u0000', 'x'.repeat(10_000)])(
    '%j is none',
    (text) => {
      expect(countryCode(text, tools.countries())).toBeUndefined();
    },
  );
});

describe('hints at a country', () => {
  it('each carry their own rule', () => {
    const evidence = {
      given: 'France',
      extra: 'BE',
      locales: ['de-CH', 'en-US'],
      domain: readDomain('example.nl'),
    };
    expect(countryFindings(evidence, tools)).toEqual([
      { field: 'normalized.country', value: 'FR', rule: 'given-country' },
      { field: 'country', value: 'BE', rule: 'extra-country' },
      { field: 'country', value: 'NL', rule: 'domain-ending' },
      { field: 'country', value: 'CH', rule: 'locale-region' },
    ]);
  });

  it('are none in a locale without region', () => {
    expect(countryFindings({ locales: ['en', 'zh-Hant'] }, tools)).toEqual([]);
  });
});
