import { describe, expect, it } from 'vitest';
import { DeterministicEnricher } from './deterministic-enricher.js';
import { leadEnrichmentPolicy } from './policies/lead-enrichment.policy.js';

const policy = leadEnrichmentPolicy.initial;
const enricher = new DeterministicEnricher();
const fields = {
  email: 'jane.doe@example.com',
  phone: '+1 202 555 0123',
  company: 'Example Ltd',
  message: 'Wir möchten gern ein Angebot für vierzig Arbeitsplätze erhalten.',
};

describe('the deterministic enricher', () => {
  it('derives, scores, and names the rules that counted', async () => {
    const enrichment = await enricher.enrich({ fields, extra: {} }, policy);
    expect(enrichment.fields['language']).toEqual({ value: 'de', source: 'message', confidence: 0.9 });
    expect(enrichment.scoreRules).toEqual({
      'company-mail': 25,
      'company-named': 15,
      'phone-reachable': 15,
      'wrote-message': 15,
    });
    expect(enrichment.score).toBe(80);
  });

  it('scores by the policy that it is given', async () => {
    const score = { base: 5, rules: [] };
    expect(await enricher.enrich({ fields, extra: {} }, { ...policy, score })).toMatchObject({
      score: 5,
      scoreRules: {},
    });
  });

  it('takes less than two milliseconds a lead, most of it for the language', async () => {
    const input = {
      fields: { ...fields, message: `${fields.message} `.repeat(20) },
      extra: { page_url: '/?utm_source=a' },
    };
    for (let warm = 0; warm < 200; warm += 1) await enricher.enrich(input, policy);
    const times: number[] = [];
    for (let nth = 0; nth < 300; nth += 1) {
      const started = performance.now();
      await enricher.enrich(input, policy);
      times.push(performance.now() - started);
    }
    expect(times.sort((a, b) => a - b)[150]).toBeLessThan(2);
  });
});
