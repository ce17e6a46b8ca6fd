import { describe, expect, it } from 'vitest';
import { companyFindings, readableLabel } from './company.js';
import { readDomain } from './domains.js';

describe('a company guess', () => {
  it.each([
    ['acme-widgets', 'Acme Widgets'],
    ['example', 'Example'],
    ['bmw', 'BMW'],
    ['3m', '3M'],
    ['müller', 'Müller'],
    ['xn--mller-kva', undefined],
  ])('reads the label %s as %s', (label, expected) => {
    expect(readableLabel(label)).toBe(expected);
  });

  it('comes from the website first, then from the e-mail domain', () => {
    const found = companyFindings('https://www.acme-widgets.com/about', readDomain('example.org'));
    expect(found.filter(({ field }) => field === 'company')).toEqual([
      { field: 'company', value: 'Acme Widgets', rule: 'website' },
      { field: 'company', value: 'Example', rule: 'email-domain' },
    ]);
  });

  it('is less sure where the domain ending is unknown', () => {
    expect(companyFindings(undefined, readDomain('acme.test')).map(({ rule }) => rule)).toEqual(
      Array(3).fill('email-domain-unlisted-suffix'),
    );
  });

  it('is not made without a domain', () => {
    expect(companyFindings('our website', undefined)).toEqual([]);
  });
});
