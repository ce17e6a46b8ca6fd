import { isObject } from '../../core/json.ts';
import type { Values } from './events.ts';
import type { PropertyDefinition, ValidationRule } from './property-definitions.ts';

export type Problem = { property: string; code: string; message: string };

export type Checked = { values: Values; problems: Problem[] };

/** Whether a user of the account has this owner id; deactivated ones count. */
export type OwnerCheck = (id: string) => boolean;

const EMAIL = /^[^\s@<>()[\]",;:\\]+@[^\s@.,;]+(\.[^\s@.,;]+)*\.[^\s@.,;\d]{2,}$/;

/** Turns what a caller sent into stored form (text, e-mails in lower case) and says what is wrong with it. */
export class PropertyRules {
  private readonly definitions: ReadonlyMap<string, PropertyDefinition>;
  private readonly isOwner: OwnerCheck;
  private rules: { rule: ValidationRule; pattern: RegExp }[] = [];

  constructor(definitions: ReadonlyMap<string, PropertyDefinition>, isOwner: OwnerCheck) {
    this.definitions = definitions;
    this.isOwner = isOwner;
  }

  /** Throws when a pattern is not a regular expression; the old rules stay then. */
  setRules(rules: ValidationRule[]): void {
    this.rules = rules.map((rule) => ({ rule, pattern: new RegExp(rule.pattern) }));
  }

  list(): ValidationRule[] {
    return this.rules.map(({ rule }) => rule);
  }

  check(sent: unknown): Checked {
    const checked: Checked = { values: {}, problems: [] };
    if (!isObject(sent)) return checked;
    for (const [name, raw] of Object.entries(sent)) {
      const value = toText(name, raw, this.definitions.get(name)?.type);
      const problem =
        value === undefined ? invalid(name, 'INVALID_VALUE', 'a text') : this.problemOf(name, value);
      if (problem) checked.problems.push(problem);
      else checked.values[name] = value ?? '';
    }
    return checked;
  }

  private problemOf(name: string, value: string): Problem | undefined {
    const definition = this.definitions.get(name);
    if (!definition) return problem(name, 'PROPERTY_DOESNT_EXIST', `Property "${name}" does not exist`);
    if (definition.readOnly) {
      return problem(name, 'READ_ONLY_VALUE', `"${name}" is a read only property; its value cannot be set.`);
    }
    if (value === '') return undefined;
    return (
      emailProblem(name, value) ??
      this.ownerProblem(name, value) ??
      typeProblem(definition, value) ??
      this.ruleProblem(name, value)
    );
  }

  private ownerProblem(name: string, value: string): Problem | undefined {
    if (name !== 'hubspot_owner_id' || this.isOwner(value)) return undefined;
    return problem(name, 'INVALID_OWNER_ID', `Owner ${value} does not exist`);
  }

  private ruleProblem(name: string, value: string): Problem | undefined {
    const broken = this.rules.find(({ rule, pattern }) => rule.property === name && !pattern.test(value));
    if (!broken) return undefined;
    const message = broken.rule.message ?? `${name} does not meet the portal's validation rule`;
    return problem(name, 'FAILED_VALIDATION_RULE', message);
  }
}

/** Times are kept as HubSpot answers them: ISO 8601 with milliseconds, whatever form they came in. */
function toText(
  name: string,
  raw: unknown,
  type: PropertyDefinition['type'] | undefined,
): string | undefined {
  if (raw === null || raw === undefined) return '';
  if (typeof raw !== 'string' && typeof raw !== 'number' && typeof raw !== 'boolean') return undefined;
  const text = String(raw);
  if (name === 'email' || name === 'hs_additional_emails') return text.trim().toLowerCase();
  if (type !== 'datetime' || text === '') return text;
  const time = new Date(/^\d+$/.test(text) ? Number(text) : text);
  return Number.isNaN(time.getTime()) ? text : time.toISOString();
}

function emailProblem(name: string, value: string): Problem | undefined {
  const emails = name === 'email' ? [value] : name === 'hs_additional_emails' ? value.split(';') : [];
  const wrong = emails.find((email) => !EMAIL.test(email));
  return wrong === undefined
    ? undefined
    : problem(name, 'INVALID_EMAIL', `Email address ${wrong} is invalid`);
}

function typeProblem(definition: PropertyDefinition, value: string): Problem | undefined {
  const { name, type, options, fieldType } = definition;
  if (type === 'enumeration' || type === 'bool') {
    const allowed = options.map((option) => option.value);
    const chosen = fieldType === 'checkbox' ? value.split(';') : [value];
    const wrong = chosen.find((one) => !allowed.includes(one));
    const message = `${wrong} was not one of the allowed options: [${allowed.join(', ')}]`;
    return wrong === undefined ? undefined : problem(name, 'INVALID_OPTION', message);
  }
  if (type === 'number' && !Number.isFinite(Number(value)))
    return invalid(name, 'INVALID_NUMBER', 'a number');
  if ((type === 'datetime' || type === 'date') && !/^\d+$/.test(value) && Number.isNaN(Date.parse(value))) {
    return invalid(name, 'INVALID_DATE', 'a date');
  }
  return undefined;
}

const problem = (property: string, code: string, message: string): Problem => ({ property, code, message });

const invalid = (property: string, code: string, wanted: string): Problem =>
  problem(property, code, `The value of ${property} is not ${wanted}`);
