import type { PolicyDefinition } from '../../../shared/policies/policy.js';
import { dayMeant } from '../domain/deal-values.js';
import { engineOf, outlineOfJudgement, type JudgedDeal } from '../domain/judge-deal.js';
import type { Condition, QualificationPolicy } from '../domain/qualification-policy.js';
import { qualificationSchema } from './deal-qualification.schema.js';

const amount = { property: 'amount', label: 'Amount', due: { workingDays: 2 } } as const;
const closeDate = { property: 'closedate', label: 'Close date', due: { workingDays: 2 } } as const;
const dealType = { property: 'dealtype', label: 'Deal type', due: { workingDays: 2 } } as const;
const worthSomething = {
  name: 'amount-above-zero',
  message: 'The amount has to be more than 0.',
  conditions: {
    any: [
      { fact: 'amount', operator: 'isFilled', value: false },
      { fact: 'amount', operator: 'greaterThan', value: 0 },
    ],
  },
};

/** What the stages of deals ask for. Shipped for the pipeline that every account begins with. */
export const qualificationPolicy: PolicyDefinition<QualificationPolicy, JudgedDeal> = {
  name: 'deal-qualification',
  title: 'Deal qualification',
  schema: qualificationSchema,
  check: problemsIn,
  decide: outlineOfJudgement,
  initial: {
    pipelines: {
      default: {
        decisionmakerboughtin: { label: 'Decision Maker Bought-In', required: [amount, closeDate] },
        contractsent: {
          label: 'Contract Sent',
          required: [amount, closeDate, dealType],
          rules: [worthSomething],
        },
        closedwon: { label: 'Closed Won', required: [amount], rules: [worthSomething] },
      },
    },
    result: { property: 'signalbox_qualification', pass: 'pass', fail: 'fail' },
    notes: {
      pass: 'Qualification: the deal has all that the stage {stage} asks for.',
      fail: 'Qualification: the deal lacks what the stage {stage} asks for.\n{problems}\n{tasks}',
    },
    bulk: { deals: 10, withinSeconds: 60 },
    ignoredSources: [],
    recheckHours: 24,
    dueHour: 17,
  },
};

/** What the schema cannot say: days, names that are there twice. */
function problemsIn(policy: QualificationPolicy): string[] {
  const stages = Object.entries(policy.pipelines).flatMap(([pipeline, its]) =>
    Object.entries(its).map(([stage, rules]) => ({ place: `${pipeline}.${stage}`, rules })),
  );
  const result = policy.result?.property;
  return [
    ...stages.flatMap(({ place, rules: { required, rules = [] } }) => [
      ...twice(required.map(({ property }) => property)).map((name) => `${place} requires ${name} twice`),
      ...twice(rules.map(({ name }) => name)).map((name) => `${place} has two rules ${name}`),
      ...rules.flatMap(({ name, conditions }) =>
        conditionProblems(conditions).map((one) => `${place}: ${name} ${one}`),
      ),
      ...(required.some(({ property }) => property === result)
        ? [`${place} requires ${result}, which is written`]
        : []),
      ...engineProblems(place, rules),
    ]),
  ];
}

function twice(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, place) => names.indexOf(name) !== place))];
}

function conditionProblems(condition: Condition): string[] {
  if ('all' in condition) return condition.all.flatMap(conditionProblems);
  if ('any' in condition) return condition.any.flatMap(conditionProblems);
  if ('not' in condition) return conditionProblems(condition.not);
  const { operator, value } = condition;
  if (operator !== 'before' && operator !== 'after') return [];
  return isDayMeant(value) ? [] : [`compares with ${JSON.stringify(value)}, which is no day`];
}

function isDayMeant(value: unknown): boolean {
  try {
    return typeof value === 'string' && dayMeant(value, '2026-01-01') !== '';
  } catch {
    return false;
  }
}

function engineProblems(place: string, rules: Parameters<typeof engineOf>[0]): string[] {
  try {
    engineOf(rules, '2026-01-01');
    return [];
  } catch (error) {
    return [`${place}: ${(error as Error).message}`];
  }
}
