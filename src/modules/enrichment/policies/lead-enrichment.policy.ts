import type { PolicyDefinition } from '../../../shared/policies/policy.js';
import type { LeadPolicy } from '../domain/lead-policy.js';
import { scoreLead } from '../domain/lead-score.js';
import type { Enrichment } from '../enricher.js';
import { disposableDomains, freeMailDomains, roleLocalParts, typoDomains } from './mail-domains.js';

const domains = {
  type: 'array',
  maxItems: 20_000,
  items: { type: 'string', maxLength: 253, pattern: '^[^A-Z\\s@]+\\.[^A-Z\\s@]+$' },
};

const condition = {
  type: 'object',
  additionalProperties: false,
  required: ['field', 'is'],
  properties: {
    field: { type: 'string', minLength: 1, maxLength: 100 },
    is: { enum: ['present', 'absent', 'equals', 'one-of', 'contains', 'longer-than'] },
    value: true,
    confidence: { type: 'number', minimum: 0, maximum: 1 },
  },
  allOf: [
    ofKind(['equals', 'contains'], { type: 'string', minLength: 1, maxLength: 500 }),
    ofKind(['one-of'], {
      type: 'array',
      minItems: 1,
      maxItems: 500,
      items: { type: 'string', maxLength: 500 },
    }),
    ofKind(['longer-than'], { type: 'integer', minimum: 0 }),
    { if: { properties: { is: { enum: ['present', 'absent'] } } }, then: { not: { required: ['value'] } } },
  ],
};

function ofKind(kinds: readonly string[], value: object): object {
  return {
    if: { properties: { is: { enum: kinds } } },
    then: { required: ['value'], properties: { value } },
  };
}

const scoreRule = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'when', 'points'],
  properties: {
    name: { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 60 },
    when: { type: 'array', minItems: 1, maxItems: 10, items: condition },
    points: { type: 'integer', minimum: -100, maximum: 100 },
  },
};

/** What lead enrichment takes for granted, and how a lead is scored. */
export const leadEnrichmentPolicy: PolicyDefinition<LeadPolicy, Pick<Enrichment, 'fields'>> = {
  name: 'lead-enrichment',
  title: 'Lead enrichment',
  decide: ({ score }, { fields }) => scoreLead(fields, score),
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    required: [
      'defaultCountry',
      'freeMailDomains',
      'disposableDomains',
      'roleLocalParts',
      'typoDomains',
      'languageMinLetters',
      'score',
    ],
    properties: {
      defaultCountry: { type: ['string', 'null'], pattern: '^[A-Z]{2}$' },
      freeMailDomains: domains,
      disposableDomains: domains,
      roleLocalParts: {
        type: 'array',
        maxItems: 500,
        items: { type: 'string', pattern: '^[^A-Z\\s@]{1,64}$' },
      },
      typoDomains: { ...domains, maxItems: 100 },
      languageMinLetters: { type: 'integer', minimum: 1, maximum: 300 },
      score: {
        type: 'object',
        additionalProperties: false,
        required: ['base', 'rules'],
        properties: {
          base: { type: 'integer', minimum: 0, maximum: 100 },
          rules: { type: 'array', maxItems: 100, items: scoreRule },
        },
      },
    },
  },
  initial: {
    defaultCountry: 'US',
    freeMailDomains,
    disposableDomains,
    roleLocalParts,
    typoDomains,
    languageMinLetters: 16,
    score: {
      base: 10,
      rules: [
        { name: 'company-mail', when: [{ field: 'emailType', is: 'equals', value: 'company' }], points: 25 },
        { name: 'free-mail', when: [{ field: 'emailType', is: 'equals', value: 'free-mail' }], points: 5 },
        {
          name: 'disposable-mail',
          when: [{ field: 'emailType', is: 'equals', value: 'disposable' }],
          points: -30,
        },
        { name: 'role-mailbox', when: [{ field: 'emailRole', is: 'present' }], points: -5 },
        { name: 'unusable-mail', when: [{ field: 'email', is: 'absent', confidence: 0.5 }], points: -10 },
        { name: 'company-named', when: [{ field: 'company', is: 'present', confidence: 0.8 }], points: 15 },
        {
          name: 'phone-reachable',
          when: [{ field: 'normalized.phone', is: 'present', confidence: 0.7 }],
          points: 15,
        },
        {
          name: 'named-person',
          when: [
            { field: 'firstName', is: 'present', confidence: 0.5 },
            { field: 'lastName', is: 'present', confidence: 0.5 },
          ],
          points: 10,
        },
        { name: 'wrote-message', when: [{ field: 'message', is: 'longer-than', value: 40 }], points: 15 },
        {
          name: 'from-campaign',
          when: [{ field: 'utmMedium', is: 'one-of', value: ['cpc', 'ppc', 'paid', 'paidsearch'] }],
          points: 10,
        },
      ],
    },
  },
};
