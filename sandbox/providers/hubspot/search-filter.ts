import { asArray, asObject, asString, asStrings } from '../../core/json.ts';
import { badRequest } from './errors.ts';
import type { PropertyDefinition } from './property-definitions.ts';

type Values = ReadonlyMap<string, string>;

export type Predicate = (values: Values) => boolean;

type Definitions = ReadonlyMap<string, PropertyDefinition>;

type Operand = { value: string; highValue: string; values: string[]; type: PropertyDefinition['type'] };

const MAX_GROUPS = 5;
const MAX_FILTERS = 6;

/** How an operator decides about a value that is there. A record without the value matches no other operator. */
const OPERATORS: Record<string, (actual: string, operand: Operand) => boolean> = {
  EQ: (actual, { value }) => actual.toLowerCase() === value.toLowerCase(),
  NEQ: (actual, { value }) => actual.toLowerCase() !== value.toLowerCase(),
  IN: (actual, { values }) => values.some((value) => value.toLowerCase() === actual.toLowerCase()),
  NOT_IN: (actual, { values }) => !values.some((value) => value.toLowerCase() === actual.toLowerCase()),
  CONTAINS_TOKEN: (actual, { value }) => containsToken(actual, value),
  NOT_CONTAINS_TOKEN: (actual, { value }) => !containsToken(actual, value),
  GT: (actual, { value, type }) => compareValues(actual, value, type) > 0,
  GTE: (actual, { value, type }) => compareValues(actual, value, type) >= 0,
  LT: (actual, { value, type }) => compareValues(actual, value, type) < 0,
  LTE: (actual, { value, type }) => compareValues(actual, value, type) <= 0,
  BETWEEN: (actual, { value, highValue, type }) =>
    compareValues(actual, value, type) >= 0 && compareValues(actual, highValue, type) <= 0,
};

/** Groups are alternatives; the filters of a group all have to match. No group at all matches everything. */
export function readFilterGroups(input: unknown, definitions: Definitions): Predicate {
  const groups = asArray(input);
  if (groups.length > MAX_GROUPS) throw badRequest(`There can be at most ${MAX_GROUPS} filter groups`);
  const predicates = groups.map((group) => readGroup(group, definitions));
  if (predicates.length === 0) return () => true;
  return (values) => predicates.some((matches) => matches(values));
}

function readGroup(group: unknown, definitions: Definitions): Predicate {
  const filters = asArray(asObject(group)['filters']);
  if (filters.length > MAX_FILTERS) throw badRequest(`A filter group has at most ${MAX_FILTERS} filters`);
  const predicates = filters.map((filter) => readFilter(asObject(filter), definitions));
  return (values) => predicates.every((matches) => matches(values));
}

function readFilter(filter: Record<string, unknown>, definitions: Definitions): Predicate {
  const name = asString(filter['propertyName']) ?? '';
  const operator = asString(filter['operator']) ?? '';
  const definition = definitions.get(name);
  if (!definition) throw badRequest(`There was a problem with the request: property ${name} does not exist`);
  if (operator === 'HAS_PROPERTY') return (values) => values.has(name);
  if (operator === 'NOT_HAS_PROPERTY') return (values) => !values.has(name);
  const decide = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (!decide) throw badRequest(`There was a problem with the request: operator ${operator} does not exist`);
  const operand: Operand = {
    value: asText(filter['value']),
    highValue: asText(filter['highValue']),
    values: asStrings(filter['values']),
    type: definition.type,
  };
  const list = operator === 'IN' || operator === 'NOT_IN';
  if (list ? operand.values.length === 0 : filter['value'] === undefined) {
    throw badRequest(`operator ${operator} requires ${list ? 'values' : 'a value'}`);
  }
  return (values) => {
    const actual = values.get(name);
    return actual !== undefined && decide(actual, operand);
  };
}

const asText = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : (asString(value) ?? '');

/** Orders two values by the property's type: numbers and dates by size, texts by code point. */
export function compareValues(left: string, right: string, type: PropertyDefinition['type']): number {
  if (type === 'string' || type === 'enumeration' || type === 'bool' || type === 'phone_number') {
    return left < right ? -1 : left > right ? 1 : 0;
  }
  return toNumber(left) - toNumber(right);
}

const toNumber = (value: string): number => (Number.isNaN(Number(value)) ? Date.parse(value) : Number(value));

/** `*` in the wanted token stands for anything. */
function containsToken(actual: string, wanted: string): boolean {
  const parts = wanted
    .toLowerCase()
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('.*')}$`);
  const text = actual.toLowerCase();
  return pattern.test(text) || text.split(/[^\p{L}\p{N}]+/u).some((token) => pattern.test(token));
}
