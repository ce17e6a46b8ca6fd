import { describe, expect, it } from 'vitest';
import { campaignFindings } from './campaign.js';
import { SubmittedValues } from './extra.js';

const found = (extra: Record<string, string>) => campaignFindings(new SubmittedValues(extra));

describe('campaign fields', () => {
  it('are read from submitted values, however they are spelt', () => {
    expect(found({ 'UTM-Source': 'newsletter', utmMedium: 'email', gclid: 'abc' })).toEqual([
      { field: 'utmSource', value: 'newsletter', rule: 'extra' },
      { field: 'utmMedium', value: 'email', rule: 'extra' },
      { field: 'gclid', value: 'abc', rule: 'extra' },
    ]);
  });

  it.each([
    'https://example.com/pricing?utm_source=ads&utm_term=a%20b#top?utm_id=1',
    '/pricing?utm_source=ads&utm_term=a+b',
  ])('are read from the page %s', (page) => {
    expect(found({ page_url: page })).toEqual([
      { field: 'utmSource', value: 'ads', rule: 'page-url' },
      { field: 'utmTerm', value: 'a b', rule: 'page-url' },
    ]);
  });

  it.each(['no address', '?%E0%A4%A&utm_source', `https://example.com/?utm_source=${'x'.repeat(5000)}`])(
    'are none in %j',
    (page) => {
      expect(found({ landing_page: page })).toEqual([]);
    },
  );
});
