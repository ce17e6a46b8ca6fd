import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UpsertContact, type ContactField } from '../contracts.js';
import { contactPolicy } from '../policies/crm-contact.policy.js';
import type { ContactPolicy } from './contact-policy.js';
import { wishOf } from './contact-wish.js';

const given = (value: string, confidence = 1): ContactField => ({ value, source: 'given', confidence });

function command(fields: Record<string, ContactField>): UpsertContact {
  const submittedAt = '2026-11-20T12:00:00Z';
  return Object.assign(new UpsertContact(), { leadId: 'a-lead', submittedAt, fields, score: 42 });
}

const policy = (more: Partial<ContactPolicy> = {}): ContactPolicy => ({ ...contactPolicy.initial, ...more });

describe('what a lead wants of the CRM', () => {
  it('is what the policy maps, found by the e-mail address in lower case', () => {
    const fields = { email: given(' One@Example.com '), firstName: given('One'), unmapped: given('x') };
    const wish = wishOf(command(fields), policy());
    expect(wish.email).toBe('one@example.com');
    expect(wish.properties).toEqual({ firstname: { value: 'One', write: 'fill-empty' } });
  });

  it('keeps back what the system is not sure of, and says so', () => {
    const wish = wishOf(command({ email: given('one@example.com'), company: given('Guess', 0.3) }), policy());
    expect([wish.properties, wish.kept]).toEqual([{}, { company: 'low-confidence' }]);
  });

  it('holds the score only where the policy names a property for it', () => {
    const lead = command({ email: given('one@example.com') });
    expect(wishOf(lead, policy()).properties).toEqual({});
    const { properties } = wishOf(lead, policy({ scoreProperty: 'lead_score' }));
    expect(properties).toEqual({ lead_score: { value: '42', write: 'always' } });
  });

  it.each([[{}], [{ email: given('  ') }], [{ firstName: given('One') }]])(
    'without identity it is refused: %j',
    (fields) => {
      expect(() => wishOf(command(fields), policy())).toThrow(
        expect.objectContaining({ code: 'CRM.IDENTITY_MISSING', kind: 'permanent' }),
      );
    },
  );

  it('never holds control characters, broken text or endless values, whatever was written', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6_000 }),
      fc.constant('\ud800\u0000a'.repeat(3_000)),
    );
    fc.assert(
      fc.property(anything, (value) => {
        const wish = wishOf(command({ email: given('one@example.com'), message: given(value) }), policy());
        const written = wish.properties['message']?.value ?? '';
        expect(written.isWellFormed()).toBe(true);
        expect(written).not.toMatch(/[^\P{Cc}\n\t]/u);
        expect(written.length).toBeLessThanOrEqual(5_000);
      }),
    );
  });
});
