import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { ScoreCondition } from '../domain/lead-policy.js';
import { leadEnrichmentPolicy } from './lead-enrichment.policy.js';

const { schema, initial } = leadEnrichmentPolicy;
const valid = new Ajv2020({ allErrors: true }).compile(schema);
const withCondition = (when: object) => ({
  ...initial,
  score: { base: 0, rules: [{ name: 'rule', when: [when], points: 1 }] },
});

describe('the lead enrichment policy', () => {
  it('ships with values that satisfy its schema', () => {
    valid(initial);
    expect(valid.errors).toBeNull();
  });

  it('lists no domain or mailbox twice, and none as both free and disposable', () => {
    const { freeMailDomains, disposableDomains, roleLocalParts, typoDomains, score } = initial;
    const names = score.rules.map(({ name }) => name);
    for (const list of [freeMailDomains.concat(disposableDomains), roleLocalParts, typoDomains, names]) {
      expect(new Set(list).size).toBe(list.length);
    }
    expect(typoDomains.filter((domain) => !freeMailDomains.includes(domain))).toEqual([]);
  });

  it.each<ScoreCondition>([
    { field: 'a', is: 'present' },
    { field: 'a', is: 'equals', value: 'b', confidence: 0.5 },
    { field: 'a', is: 'one-of', value: ['b'] },
    { field: 'a', is: 'longer-than', value: 3 },
  ])('accepts the condition %j', (condition) => {
    expect(valid(withCondition(condition))).toBe(true);
  });

  it.each([
    { field: 'a', is: 'matches', value: '(a+)+$' },
    { field: 'a', is: 'equals' },
    { field: 'a', is: 'present', value: 'b' },
    { field: 'a', is: 'one-of', value: 'b' },
    { field: 'a', is: 'longer-than', value: '3' },
    { field: 'a', is: 'present', confidence: 2 },
  ])('refuses the condition %j', (condition) => {
    expect(valid(withCondition(condition))).toBe(false);
  });

  it.each([
    { ...initial, defaultCountry: 'Germany' },
    { ...initial, freeMailDomains: ['Gmail.com'] },
    { ...initial, unknown: 1 },
  ])('refuses a document that is malformed', (document) => {
    expect(valid(document)).toBe(false);
  });
});
