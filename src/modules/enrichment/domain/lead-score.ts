import type { LeadField } from '../contracts.js';
import type { LeadPolicy, ScoreCondition } from './lead-policy.js';

export interface LeadScore {
  /** A whole number, 0 to 100. */
  readonly score: number;
  /** The points of each rule that counted, by its name. */
  readonly rules: Record<string, number>;
}

/** Texts are compared without regard to case; only this much of a field is read. */
const maxCompared = 5000;

function lower(text: unknown): string {
  return String(text).slice(0, maxCompared).toLowerCase();
}

function holds(condition: ScoreCondition, fields: Readonly<Record<string, LeadField>>): boolean {
  const { field: name, is, value, confidence = 0 } = condition;
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  const known = field && field.confidence >= confidence ? field.value : undefined;
  if (is === 'absent') return known === undefined;
  if (known === undefined) return false;
  switch (is) {
    case 'present':
      return true;
    case 'equals':
      return lower(known) === lower(value);
    case 'contains':
      return value !== undefined && lower(known).includes(lower(value));
    case 'one-of':
      return Array.isArray(value) && value.some((each) => lower(each) === lower(known));
    case 'longer-than':
      return known.length > Number(value);
  }
}

/** Adds the points of all rules whose conditions hold to the policy's base, within 0 and 100. */
export function scoreLead(
  fields: Readonly<Record<string, LeadField>>,
  policy: LeadPolicy['score'],
): LeadScore {
  const counted = policy.rules.filter(({ when }) => when.every((condition) => holds(condition, fields)));
  const sum = counted.reduce((total, { points }) => total + points, policy.base);
  return {
    score: Math.round(Math.min(100, Math.max(0, sum))),
    rules: Object.fromEntries(counted.map(({ name, points }) => [name, points])),
  };
}
