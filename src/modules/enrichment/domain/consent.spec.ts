import { describe, expect, it } from 'vitest';
import { consentFindings } from './consent.js';
import { SubmittedValues } from './extra.js';

describe('consent', () => {
  it('passes through as it was given', () => {
    expect(
      consentFindings(new SubmittedValues({ marketing_consent: 'No', 'GDPR-ok': 'true', color: 'red' })),
    ).toEqual([
      { field: 'consent.marketingconsent', value: 'No', rule: 'consent' },
      { field: 'consent.gdprok', value: 'true', rule: 'consent' },
    ]);
  });

  it('does not pass where it would be cut or altered', () => {
    expect(
      consentFindings(new SubmittedValues({ consent: 'I agree '.repeat(50), opt_in: 'y\u0000es' })),
    ).toEqual([]);
  });

  it('passes at most ten times', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, nth) => [`consent_${nth}`, 'yes']));
    expect(consentFindings(new SubmittedValues(many))).toHaveLength(10);
  });
});
