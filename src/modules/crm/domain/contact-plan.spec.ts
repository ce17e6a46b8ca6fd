import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerOfPretended,
  answerOfUnchanged,
  describePlan,
  notCreated,
  planContact,
  type ContactRecord,
} from './contact-plan.js';
import type { WriteRule } from './contact-policy.js';
import type { ContactWish } from './contact-wish.js';

const submittedAt = '2026-11-20T12:00:00.000Z';
const before = Date.parse(submittedAt) - 1_000;
const after = Date.parse(submittedAt) + 1_000;
const order = ['subscriber', 'lead', 'customer'];
const lifecycle = { property: 'lifecyclestage', initial: 'lead', order };

function wish(values: Record<string, [string, WriteRule]>, more: Partial<ContactWish> = {}): ContactWish {
  const wanted = Object.entries(values).map(([name, [value, write]]) => [name, { value, write }]);
  return { email: 'one@example.com', submittedAt, kept: {}, properties: Object.fromEntries(wanted), ...more };
}

const record = (values: ContactRecord['values'], history: ContactRecord['history'] = {}): ContactRecord => ({
  id: '7',
  values,
  history,
});

describe('the plan for a contact', () => {
  it('that is not there creates it with its identity and the first stage', () => {
    const plan = planContact(wish({ company: ['Example', 'fill-empty'] }, { lifecycle }), undefined);
    const properties = { lifecyclestage: 'lead', company: 'Example', email: 'one@example.com' };
    expect(plan).toMatchObject({ action: 'create', properties });
    const byPhone = planContact(wish({}, { email: undefined, phone: '+15550100001' }), undefined);
    expect(byPhone.properties).toEqual({ phone: '+15550100001' });
  });

  it('that has all of it changes nothing', () => {
    const plan = planContact(wish({ company: ['Example', 'always'] }), record({ company: 'Example' }));
    expect(plan).toMatchObject({ action: 'unchanged', contactId: '7', properties: {}, kept: {} });
  });

  it('never writes the e-mail address of one that is there', () => {
    expect(planContact(wish({}), record({ email: 'other@example.com' })).action).toBe('unchanged');
  });

  it.each<[WriteRule, string | null, string | undefined]>([
    ['fill-empty', null, undefined],
    ['fill-empty', '', undefined],
    ['fill-empty', 'Old', 'already-filled'],
    ['unless-person-changed-later', 'Old', undefined],
    ['always', 'Old', undefined],
  ])('by the rule %s over %j it is kept for: %s', (rule, current, reason) => {
    const plan = planContact(wish({ company: ['New', rule] }), record({ company: current }));
    expect(plan.kept['company']).toBe(reason);
    expect(plan.properties['company']).toBe(reason ? undefined : 'New');
  });

  it.each([
    ['a person, later', { at: after, byPerson: true }, 'changed-by-person'],
    ['a person, before', { at: before, byPerson: true }, undefined],
    ['software, later', { at: after, byPerson: false }, undefined],
  ])('what was changed by %s', (_, version, reason) => {
    for (const rule of ['fill-empty', 'unless-person-changed-later'] as const) {
      const found = record({ company: rule === 'fill-empty' ? '' : 'Old' }, { company: [version] });
      expect(planContact(wish({ company: ['New', rule] }), found).kept['company']).toBe(reason);
    }
    const found = record({ company: 'Old' }, { company: [version] });
    expect(planContact(wish({ company: ['New', 'always'] }), found).properties['company']).toBe('New');
  });

  it('a person’s later decision counts even when software has written since', () => {
    const versions = [
      { at: after + 1_000, byPerson: false },
      { at: after, byPerson: true },
    ];
    const plan = planContact(
      wish({ company: ['New', 'unless-person-changed-later'] }),
      record({ company: 'Old' }, { company: versions }),
    );
    expect(plan.kept).toEqual({ company: 'changed-by-person' });
  });

  it.each([
    [null, 'lead', undefined],
    ['subscriber', 'lead', undefined],
    ['lead', undefined, undefined],
    ['customer', undefined, 'stage-never-back'],
    ['invented', undefined, 'unknown-stage'],
  ])('from the stage %s it writes %s and says %s', (current, written, reason) => {
    const plan = planContact(wish({}, { lifecycle }), record({ lifecyclestage: current }));
    expect([plan.properties['lifecyclestage'], plan.kept['lifecyclestage']]).toEqual([written, reason]);
  });

  it('a stage is never moved backwards, whatever the order and the stages', () => {
    const stages = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(stages, fc.nat(), fc.nat(), (some, from, to) => {
        const [current, initial] = [some[from % some.length]!, some[to % some.length]!];
        const wanted = wish({}, { lifecycle: { property: 'stage', initial, order: some } });
        const written = planContact(wanted, record({ stage: current })).properties['stage'] ?? current;
        expect(some.indexOf(written)).toBeGreaterThanOrEqual(some.indexOf(current));
      }),
    );
  });
});

describe('a plan in words and answers', () => {
  const secret = wish({ company: ['secret value', 'always'] });

  it('names properties and no values', () => {
    const texts = [planContact(secret, undefined), planContact(secret, record({}))].map(describePlan);
    expect(texts).toEqual(['create contact: company, email', 'update contact 7: company']);
    const same = planContact(secret, record({ company: 'secret value' }));
    expect(describePlan(same)).toBe('leave contact 7 as it is');
  });

  it('answers without a call when nothing differs', () => {
    const same = planContact(secret, record({ company: 'secret value' }));
    expect(answerOfUnchanged(same)).toEqual({ contactId: '7', action: 'unchanged', kept: {} });
    expect(answerOfUnchanged(planContact(secret, record({})))).toBeUndefined();
  });

  it('pretends what it would have done', () => {
    expect(answerOfPretended(planContact(secret, undefined))).toMatchObject({
      contactId: notCreated,
      action: 'created',
    });
    expect(answerOfPretended(planContact(secret, record({})))).toMatchObject({
      contactId: '7',
      action: 'updated',
    });
  });
});
