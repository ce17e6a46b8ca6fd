import { Engine } from 'json-rules-engine';
import { dayMeant, isEmpty, type Value } from './deal-values.js';
import {
  rulesOf,
  type QualificationPolicy,
  type QualificationRule,
  type RequiredField,
  type StageRules,
} from './qualification-policy.js';

/** A deal as the policy sees it. */
export interface JudgedDeal {
  readonly pipeline?: string;
  readonly stage?: string;
  /** By property. */
  readonly values: Readonly<Record<string, Value>>;
  /** The day in the policy's zone. */
  readonly today: string;
}

/** What a stage found. */
export interface Judgement {
  readonly stage: StageRules;
  readonly missing: readonly RequiredField[];
  /** Rules that do not hold. */
  readonly broken: readonly QualificationRule[];
}

/** Undefined where the stage asks nothing. */
export async function judge(policy: QualificationPolicy, deal: JudgedDeal): Promise<Judgement | undefined> {
  const stage = rulesOf(policy, deal.pipeline, deal.stage);
  if (!stage) return undefined;
  const missing = stage.required.filter(({ property }) => isEmpty(deal.values[property] ?? null));
  return { stage, missing, broken: await brokenRules(stage.rules ?? [], deal) };
}

/** The decision without what was decided on: names, no values. */
export async function outlineOfJudgement(policy: QualificationPolicy, deal: JudgedDeal): Promise<object> {
  const judgement = await judge(policy, deal);
  if (!judgement) return { verdict: 'unasked' };
  const { missing, broken } = judgement;
  return {
    verdict: passes(judgement) ? 'pass' : 'fail',
    missing: missing.map(({ property }) => property),
    broken: broken.map(({ name }) => name),
  };
}

export function passes({ missing, broken }: Judgement): boolean {
  return missing.length === 0 && broken.length === 0;
}

async function brokenRules(
  rules: readonly QualificationRule[],
  { values, today }: JudgedDeal,
): Promise<readonly QualificationRule[]> {
  if (rules.length === 0) return [];
  const { failureResults } = await engineOf(rules, today).run({ ...values });
  const broken = new Set(failureResults.map(({ name }) => name));
  return rules.filter(({ name }) => broken.has(name));
}

/** Beside the operators of json-rules-engine: `isFilled`, and `before` and `after` for days. @throws Error for bad rules */
export function engineOf(rules: readonly QualificationRule[], today: string): Engine {
  const own = rules.map(({ name, conditions }) => ({
    name,
    conditions: conditions as never,
    event: { type: name },
  }));
  const engine = new Engine(own, { allowUndefinedFacts: true });
  const isFilled = (value: Value | undefined): boolean => !isEmpty(value ?? null);
  engine.addOperator<Value, boolean>('isFilled', (value, wanted) => isFilled(value) === wanted);
  engine.addOperator<Value, string>('before', (value, day) => isDay(value) && value < dayMeant(day, today));
  engine.addOperator<Value, string>('after', (value, day) => isDay(value) && value > dayMeant(day, today));
  return engine;
}

function isDay(value: Value): value is string {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);
}
