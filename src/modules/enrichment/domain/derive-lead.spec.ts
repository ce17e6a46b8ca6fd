import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalField } from '../contracts.js';
import { leadEnrichmentPolicy } from '../policies/lead-enrichment.policy.js';
import { worldToolsWithLanguages } from '../world-tools.js';
import { confidences, doubts } from './confidence.js';
import { deriveLead, type LeadInput } from './derive-lead.js';
import type { LeadTools } from './tools.js';

let tools: LeadTools;
beforeAll(async () => {
  tools = await worldToolsWithLanguages();
});
const derive = (fields: Record<string, string>, extra: Record<string, string> = {}) =>
  deriveLead({ fields, extra }, leadEnrichmentPolicy.initial, tools);

describe('a lead', () => {
  it('that gave a name, an address and a number is derived field by field', () => {
    const fields = derive(
      {
        fullName: 'JANE VAN DER BERG',
        email: 'Jane@Example.CO.UK',
        phone: '020 7946 0123',
        country: 'England',
      },
      { page_url: 'https://example.com/?utm_source=ads', locale: 'nl-NL' },
    );
    expect(fields).toEqual({
      fullName: { value: 'JANE VAN DER BERG', source: 'given', confidence: 1 },
      email: { value: 'Jane@Example.CO.UK', source: 'given', confidence: 1 },
      phone: { value: '020 7946 0123', source: 'given', confidence: 1 },
      country: { value: 'England', source: 'given', confidence: 1 },
      'suggested.fullName': { value: 'Jane van der Berg', source: 'name-casing', confidence: 0.7 },
      firstName: { value: 'Jane', source: 'full-name', confidence: 0.9 },
      lastName: { value: 'van der Berg', source: 'full-name', confidence: 0.9 },
      'normalized.email': { value: 'Jane@example.co.uk', source: 'email-format', confidence: 0.99 },
      emailType: { value: 'company', source: 'no-list', confidence: 0.7 },
      company: { value: 'Example', source: 'email-domain', confidence: 0.6 },
      companyDomain: { value: 'example.co.uk', source: 'email-domain', confidence: 0.6 },
      website: { value: 'https://example.co.uk', source: 'email-domain', confidence: 0.6 },
      'normalized.country': { value: 'GB', source: 'given-country', confidence: 0.98 },
      'normalized.phone': { value: '+442079460123', source: 'phone-national', confidence: 0.8 },
      language: { value: 'nl', source: 'locale', confidence: 0.7 },
      utmSource: { value: 'ads', source: 'page-url', confidence: 0.85 },
    });
  });

  it('keeps the company that was given', () => {
    const { company } = derive({ email: 'jane@example.com', company: 'ACME inc' });
    expect(company).toEqual({ value: 'ACME inc', source: 'given', confidence: 1 });
  });

  it('keeps an address and a number that cannot be, doubted', () => {
    expect(derive({ email: 'jane at example', phone: '12' })).toMatchObject({
      email: { value: 'jane at example', source: 'given', confidence: doubts['email-invalid'] },
      phone: { value: '12', source: 'given', confidence: doubts['phone-impossible'] },
    });
  });

  it('that wrote the address for a name still has one', () => {
    const fields = derive({ fullName: 'jane.doe@example.com' });
    expect(fields['email']).toEqual({
      value: 'jane.doe@example.com',
      source: 'email-in-name',
      confidence: 0.6,
    });
    expect(fields['firstName']).toMatchObject({ value: 'Jane', source: 'email-local-part' });
    expect(fields).not.toHaveProperty(['normalized.email']);
  });

  it('reads a number in the country that the address ends in before the policy default', () => {
    const fields = derive({ email: 'jane@example.de', phone: '030 123456' });
    expect(canonicalField(fields, 'phone')).toMatchObject({
      value: '+4930123456',
      source: 'phone-assumed-country',
    });
    expect(canonicalField(fields, 'company')?.value).toBe('Example');
  });
});

const tokens = [
  'JANE DOE',
  'van',
  'Dr.',
  ',',
  '@',
  'jane@gmial.com',
  '+1 555 010 1234',
  '+15550101234',
  'Germany',
  'de-DE',
];
const hostileTokens = [
  '\r\n',
  '<b>',
  '\u0000',
  '\ud800',
  '__proto__',
  "O'",
  '-',
  '%',
  'https://a.example/?utm_source=%',
  '٣',
];
const text = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .array(fc.constantFrom(...tokens, ...hostileTokens), { maxLength: 6 })
      .map((all) => all.join(' ')),
  },
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc
    .constantFrom('a', ' ', '1', 'é', '.', '@', '-', '\u0301', '\ufdfa', 'a@')
    .map((unit) => unit.repeat(10_000)),
);
const names = [
  'fullName',
  'firstName',
  'lastName',
  'email',
  'phone',
  'company',
  'country',
  'language',
  'message',
  'website',
];
const extraNames = [
  'utm_source',
  'page_url',
  'locale',
  'accept-language',
  'country',
  'consent',
  '__proto__',
  'gclid',
];
const record = (known: string[]) =>
  fc.dictionary(fc.oneof(fc.constantFrom(...known), fc.string()), text, { maxKeys: 12 });
const input: fc.Arbitrary<LeadInput> = fc.record({ fields: record(names), extra: record(extraNames) });
const run = (lead: LeadInput) => deriveLead(lead, leadEnrichmentPolicy.initial, tools);

describe('whatever is submitted', () => {
  it('nothing that the person wrote changes', () => {
    const property = fc.property(input, (lead) => {
      const before = structuredClone(lead);
      const fields = run(lead);
      expect(lead).toEqual(before);
      for (const [name, value] of Object.entries(lead.fields)) {
        if (value.trim() !== '') expect(fields[name]).toMatchObject({ value, source: 'given' });
      }
    });
    fc.assert(property, { numRuns: 400 });
  });

  it('every derived field has a known source, its confidence, and one short line', () => {
    const property = fc.property(input, (lead) => {
      const derived = Object.entries(run(lead)).filter(([, { source }]) => source !== 'given');
      expect(derived.length).toBeLessThanOrEqual(45);
      for (const [name, { value, source, confidence }] of derived) {
        expect(confidences).toHaveProperty([source], confidence);
        expect(confidence > 0 && confidence <= 1).toBe(true);
        expect(value).toMatch(/^[^\p{Cc}\p{Cs}]{1,300}$/u);
        expect(name.length).toBeLessThanOrEqual(70);
      }
    });
    fc.assert(property, { numRuns: 400 });
  });

  it('the same answer comes twice, and what was derived, once given, is not derived anew', () => {
    const property = fc.property(input, (lead) => {
      const first = run(lead);
      expect(run(lead)).toEqual(first);
      const given = Object.fromEntries(Object.entries(first).map(([name, { value }]) => [name, value]));
      const again = run({ ...lead, fields: given });
      for (const name of Object.keys(first)) expect(again[name]?.value).toBe(first[name]?.value);
    });
    fc.assert(property, { numRuns: 200 });
  });
});

describe('the README', () => {
  it('lists every rule with its confidence and no other', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const listed = [...readme.matchAll(/`([a-z-]+)` (\d(?:\.\d+)?)/g)].map(([, rule, confidence]) => [
      rule,
      Number(confidence),
    ]);
    expect(Object.fromEntries(listed)).toEqual({ ...confidences, ...doubts });
  });
});
