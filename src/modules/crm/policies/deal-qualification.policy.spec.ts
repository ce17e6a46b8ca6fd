import { describe, expect, it } from 'vitest';
import { PolicyStore } from '../../../shared/policies/policy-store.js';
import type { Value } from '../domain/deal-values.js';
import { outlineOfJudgement } from '../domain/judge-deal.js';
import type { Condition, QualificationPolicy } from '../domain/qualification-policy.js';
import { qualificationPolicy } from './deal-qualification.policy.js';

const { initial } = qualificationPolicy;
const due = { days: 1 };
const policyOf = (condition: Condition): QualificationPolicy => {
  const rules = [{ name: 'rule', message: 'It does not hold.', conditions: { all: [condition] } }];
  return { ...initial, pipelines: { p: { s: { label: 'Stage', required: [], rules } } } };
};
const holds = async (condition: Condition, values: Record<string, Value>) =>
  (
    (await outlineOfJudgement(policyOf(condition), {
      pipeline: 'p',
      stage: 's',
      values,
      today: '2026-12-24',
    })) as {
      verdict: string;
    }
  ).verdict === 'pass';

describe('a rule', () => {
  it.each<[string, unknown, Value, boolean]>([
    ['greaterThan', 0, 1500, true],
    ['greaterThan', 0, 0, false],
    ['greaterThan', 900, 1000, true],
    ['greaterThan', 0, null, false],
    ['equal', true, true, true],
    ['equal', true, false, false],
    ['equal', null, null, true],
    ['notEqual', 'new', null, true],
    ['in', ['new', 'old'], 'old', true],
    ['notIn', ['new'], 'new', false],
    ['contains', 'a', ['a', 'b'], true],
    ['contains', 'a', null, false],
    ['isFilled', true, 0, true],
    ['isFilled', true, [], false],
    ['isFilled', false, null, true],
    ['before', '2026-12-25', '2026-12-24', true],
    ['before', 'today', '2026-12-24', false],
    ['before', 'today', null, false],
    ['after', 'today+7', '2027-01-01', true],
    ['after', 'today+7', '2026-12-31', false],
    ['after', 'today', 'never', false],
    ['greaterThan', { fact: 'floor' }, 10, true],
  ])('%s %j of %j: %s', async (operator, value, held, expected) => {
    expect(await holds({ fact: 'field', operator, value }, { field: held, floor: 5 })).toBe(expected);
  });

  it('may be made of others, and takes what it does not know for empty', async () => {
    const filled = { fact: 'other', operator: 'isFilled', value: true };
    expect(await holds({ not: filled }, {})).toBe(true);
    expect(await holds({ any: [filled, { not: filled }] }, {})).toBe(true);
    expect(await holds({ all: [filled, { not: filled }] }, { other: 'x' })).toBe(false);
  });
});

describe('the decision', () => {
  const deal = (values: Record<string, Value>, stage = 'contractsent') => ({
    ...{ pipeline: 'default', stage, values, today: '2026-12-24' },
  });

  it('names what is missing and which rules do not hold, and no values', async () => {
    expect(await outlineOfJudgement(initial, deal({ amount: 0, closedate: null }))).toEqual({
      ...{ verdict: 'fail', missing: ['closedate', 'dealtype'], broken: ['amount-above-zero'] },
    });
    const whole = { amount: 5, closedate: '2027-01-01', dealtype: 'newbusiness' };
    expect(await outlineOfJudgement(initial, deal(whole))).toEqual({
      verdict: 'pass',
      missing: [],
      broken: [],
    });
  });

  it.each(['qualifiedtobuy', 'constructor', '__proto__'])(
    'of the stage %s is that it asks nothing',
    async (stage) => {
      expect(await outlineOfJudgement(initial, deal({}, stage))).toEqual({ verdict: 'unasked' });
    },
  );
});

describe('the policy deal-qualification', () => {
  const store = new PolicyStore({ query: async () => [] } as never);
  const required = [{ property: 'amount', label: 'Amount', due }];
  const stage = (more: object) => ({ pipelines: { p: { s: { label: 'Stage', required, ...more } } } });
  const rule = (condition: object) => ({
    rules: [{ name: 'rule', message: 'No.', conditions: { all: [condition] } }],
  });

  it.each<[string, object]>([
    ['must match pattern', { calendar: 'Not A Name' }],
    ['requires amount twice', stage({ required: [...required, ...required] })],
    [
      'two rules rule',
      stage({
        rules: [
          ...rule({ fact: 'a', operator: 'equal', value: 1 }).rules,
          ...rule({ fact: 'a', operator: 'equal', value: 1 }).rules,
        ],
      }),
    ],
    ['which is no day', stage(rule({ fact: 'closedate', operator: 'before', value: 'soon' }))],
    [
      'which is written',
      stage({ required: [{ property: 'signalbox_qualification', label: 'Result', due }] }),
    ],
    [
      'must match exactly one schema',
      stage(rule({ fact: 'amount', operator: 'equal', value: 1, path: '$.x' })),
    ],
    ['must match exactly one schema', stage(rule({ fact: 'amount', operator: 'matches', value: 1 }))],
    [
      'must match exactly one schema',
      stage({ required: [{ ...required[0], due: { days: 1, workingDays: 2 } }] }),
    ],
  ])('refuses what %s', async (problem, more) => {
    await store.install([qualificationPolicy]);
    expect(() => store.check('deal-qualification', { ...initial, ...more })).toThrow(problem);
  });
});
