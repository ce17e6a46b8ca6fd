import { describe, expect, it } from 'vitest';
import type { LeadField } from '../contracts.js';
import { leadEnrichmentPolicy } from '../policies/lead-enrichment.policy.js';
import type { ScoreCondition } from './lead-policy.js';
import { scoreLead } from './lead-score.js';

const field = (value: string, confidence = 1): LeadField => ({ value, source: 'given', confidence });
const counts = (condition: ScoreCondition, fields: Record<string, LeadField>): boolean =>
  scoreLead(fields, { base: 0, rules: [{ name: 'rule', when: [condition], points: 7 }] }).score === 7;

describe('a score rule', () => {
  const fields = { company: field('Example Ltd'), guess: field('x', 0.4) };

  it.each<[ScoreCondition, boolean]>([
    [{ field: 'company', is: 'present' }, true],
    [{ field: 'phone', is: 'present' }, false],
    [{ field: 'phone', is: 'absent' }, true],
    [{ field: 'guess', is: 'present', confidence: 0.5 }, false],
    [{ field: 'guess', is: 'absent', confidence: 0.5 }, true],
    [{ field: 'company', is: 'equals', value: 'EXAMPLE LTD' }, true],
    [{ field: 'company', is: 'contains', value: 'ltd' }, true],
    [{ field: 'company', is: 'contains', value: 'gmbh' }, false],
    [{ field: 'company', is: 'one-of', value: ['a', 'example ltd'] }, true],
    [{ field: 'company', is: 'longer-than', value: 10 }, true],
    [{ field: 'company', is: 'longer-than', value: 11 }, false],
    [{ field: 'constructor', is: 'present' }, false],
  ])('%j counts: %s', (condition, expected) => {
    expect(counts(condition, fields)).toBe(expected);
  });

  it('counts only when all its conditions hold', () => {
    const when: ScoreCondition[] = [
      { field: 'company', is: 'present' },
      { field: 'phone', is: 'present' },
    ];
    expect(scoreLead(fields, { base: 3, rules: [{ name: 'both', when, points: 7 }] })).toEqual({
      score: 3,
      rules: {},
    });
  });
});

describe('a score', () => {
  it('names the rules that counted and stays within 0 and 100', () => {
    const rule = (name: string, points: number) => ({
      name,
      points,
      when: [{ field: 'x', is: 'absent' as const }],
    });
    expect(scoreLead({}, { base: 90, rules: [rule('a', 60), rule('b', -20)] })).toEqual({
      score: 100,
      rules: { a: 60, b: -20 },
    });
    expect(scoreLead({}, { base: 0, rules: [rule('a', -60)] }).score).toBe(0);
  });

  it('by the shipped policy tells a promising lead from a throw-away address', () => {
    const { score } = leadEnrichmentPolicy.initial;
    const good = {
      email: field('j@example.com'),
      emailType: field('company'),
      company: field('Example'),
      firstName: field('J'),
    };
    const bad = { email: field('j@mailinator.com'), emailType: field('disposable') };
    expect(scoreLead(good, score).score).toBeGreaterThanOrEqual(50);
    expect(scoreLead(bad, score).score).toBe(0);
  });
});
