import { describe, expect, it } from 'vitest';
import { readDomain } from './domains.js';

describe('a domain', () => {
  it.each([
    ['mail.example.co.uk', 'example.co.uk', 'example', 'GB'],
    ['https://www.example.de/path?x=1', 'example.de', 'example', 'DE'],
    ['EXAMPLE.COM', 'example.com', 'example', undefined],
    ['team.example.github.io', 'example.github.io', 'example', undefined],
    ['example.eu', 'example.eu', 'example', undefined],
  ])('%s is read by the public suffix list', (host, registrable, label, country) => {
    expect(readDomain(host)).toEqual({ registrable, label, country, listed: true });
  });

  it('with an unknown ending is marked as not listed', () => {
    expect(readDomain('acme.example')?.listed).toBe(false);
  });

  it.each([
    'localhost',
    '192.0.2.1',
    '[2001:db8::1]',
    'co.uk',
    '',
    'x'.repeat(3000),
    'a b c',
    '\u0000.com\n',
  ])('%j is none that says anything, or harmless', (host) => {
    expect(readDomain(host)?.country).toBeUndefined();
  });
});
