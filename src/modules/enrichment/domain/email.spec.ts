import { describe, expect, it } from 'vitest';
import { leadEnrichmentPolicy } from '../policies/lead-enrichment.policy.js';
import { worldTools } from '../world-tools.js';
import { emailInName, normalizeEmail, readEmail } from './email.js';

const tools = worldTools();
const read = (value: string) => {
  const { valid, findings, companyDomain } = readEmail(value, leadEnrichmentPolicy.initial, tools);
  return {
    valid,
    company: companyDomain?.registrable,
    ...Object.fromEntries(findings.map((f) => [f.field, f.value])),
  };
};

describe('an e-mail address', () => {
  it('of the greatest length is derived whole', () => {
    const long = `${'a'.repeat(59)}@${'b'.repeat(59)}.${'c'.repeat(59)}.${'d'.repeat(59)}.example.com`;
    expect(read(long)).toMatchObject({ valid: true, 'normalized.email': long });
  });

  it("is normalized by its domain alone; local part and plus tag are its owner's", () => {
    expect(normalizeEmail('  Jane.Doe+News@Example.COM ', tools)).toBe('Jane.Doe+News@example.com');
  });

  it('of a company tells the domain and, written as a name, the names', () => {
    expect(read('jane.doe@sales.example.com')).toEqual({
      valid: true,
      company: 'example.com',
      'normalized.email': 'jane.doe@sales.example.com',
      emailType: 'company',
      firstName: 'Jane',
      lastName: 'Doe',
    });
  });

  it.each([
    ['jane@gmail.com', 'free-mail'],
    ['jane@yahoo.co.uk', 'free-mail'],
    ['jane@mailinator.com', 'disposable'],
    ['jane@x.mailinator.com', 'disposable'],
  ])('%s belongs to no company', (address, type) => {
    expect(read(address)).toMatchObject({ emailType: type, company: undefined });
  });

  it('of a function is marked and gives no names', () => {
    expect(read('Info+web@example.com')).toMatchObject({ emailRole: 'info', emailType: 'company' });
    expect(read('info@example.com')).not.toHaveProperty('firstName');
  });

  it.each([
    ['jane@gmial.com', 'jane@gmail.com'],
    ['jane@hotmail.con', 'jane@hotmail.com'],
    ['jane@yaho.com', 'jane@yahoo.com'],
  ])('%s is valid, and what was meant is suggested', (address, meant) => {
    expect(read(address)).toMatchObject({ valid: true, 'suggested.email': meant, company: undefined });
    expect(read(address)).toMatchObject({ 'normalized.email': address });
  });

  it.each(['jane@gmx.com', 'jane@mail.com', 'jane@example.com'])('%s is taken as meant', (address) => {
    expect(read(address)).not.toHaveProperty('suggested.email');
  });

  it.each([
    ['jane @example.com', 'jane@example.com'],
    ['jane@example,com', 'jane@example.com'],
    ['jane@example.com.', 'jane@example.com'],
  ])('%s is invalid, and a repair is suggested', (address, meant) => {
    expect(read(address)).toEqual({ valid: false, company: undefined, 'suggested.email': meant });
  });

  it.each([
    'jane',
    '@example.com',
    'jane@@example.com',
    '\ud800@example.com',
    'a@b\r\nBcc: c@example.com',
    `${'x'.repeat(9000)}@example.com`,
  ])('%j is invalid and tells nothing', (address) => {
    expect(readEmail(address, leadEnrichmentPolicy.initial, tools)).toEqual({ valid: false, findings: [] });
  });

  it('is found in a field for the name', () => {
    expect(emailInName([undefined, 'Jane', ' jane@example.com'], tools)).toEqual([
      { field: 'email', value: 'jane@example.com', rule: 'email-in-name' },
    ]);
  });
});
