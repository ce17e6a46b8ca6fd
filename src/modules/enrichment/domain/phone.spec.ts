import { describe, expect, it } from 'vitest';
import { worldTools } from '../world-tools.js';
import { readPhone, type PhoneHome } from './phone.js';

const read = (value: string, country?: string, stated = false) => {
  const home: PhoneHome | undefined = country ? { country, stated } : undefined;
  const { findings, doubt } = readPhone(value, home, worldTools());
  const of = (field: string) => findings.find((each) => each.field === field);
  const phone = of('normalized.phone');
  return { e164: phone?.value, rule: phone?.rule, country: of('country')?.value, doubt };
};

describe('a phone number', () => {
  it.each([
    ['+1 (202) 555-0123', 'US', undefined],
    ['0044 20 7946 0123', undefined, 'US'],
    ['+49 (0)30 123456', 'DE', undefined],
  ])('%s with its calling code becomes E.164', (value, country, home) => {
    expect(read(value, home).e164).toMatch(/^\+\d{8,15}$/);
    if (country) expect(read(value, home)).toMatchObject({ rule: 'phone-valid', country });
  });

  it.each([
    ['+15550101234', '+15550101234', 'US'],
    ['+1 555-555-0100', '+15555550100', 'US'],
    ['+44 7700 900123', '+447700900123', 'GB'],
  ])("%s is nobody's and still becomes E.164, less sure", (value, e164, country) => {
    expect(read(value)).toEqual({ e164, rule: 'phone-unassigned', country, doubt: undefined });
  });

  it('of a shared calling code belongs to the country that other hints tell', () => {
    expect(read('+1 555 010 1234', 'CA').country).toBe('CA');
    expect(read('+1 555 010 1234', 'DE').country).toBe('US');
  });

  it('without calling code is read in the stated country', () => {
    expect(read('020 7946 0123', 'GB', true)).toMatchObject({
      e164: '+442079460123',
      rule: 'phone-national',
    });
  });

  it('without calling code is a weak guess where the country is assumed, and no hint at a country', () => {
    expect(read('(202) 555-0123', 'US')).toEqual({
      e164: '+12025550123',
      rule: 'phone-assumed-country',
      country: undefined,
      doubt: undefined,
    });
  });

  it('keeps its extension', () => {
    const { findings } = readPhone('+1 202 555 0123 ext. 45', undefined, worldTools());
    expect(findings).toContainEqual({ field: 'phoneExtension', value: '45', rule: 'phone-valid' });
  });

  it.each(['12', '+1555', 'call me', '+', '+999 123456789', '<script>', '1'.repeat(10_000)])(
    '%s has no E.164 and is doubted',
    (value) => {
      expect(read(value, 'US')).toEqual({ e164: undefined, rule: undefined, country: undefined, doubt: 0.3 });
    },
  );

  it('that was not given raises no doubt', () => {
    expect(readPhone(' ', undefined, worldTools())).toEqual({ findings: [] });
  });
});
