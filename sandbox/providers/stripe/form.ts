import type { JsonObject } from '../../core/json.ts';
import { isObject } from '../../core/json.ts';

/** A form or a query with Stripe's brackets: `due_date[lt]=1&expand[0]=customer`. */
export function readForm(text: string): JsonObject {
  const form: JsonObject = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const [first = '', ...rest] = name.split(/\]?\[/).map((part) => part.replace(/\]$/, ''));
    put(form, [first, ...rest], value);
  }
  return form;
}

function put(target: JsonObject, path: string[], value: string): void {
  const [name = '', ...rest] = path;
  if (name === '__proto__') return;
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = target[name];
  const next: JsonObject = isObject(inner) ? inner : {};
  target[name] = next;
  put(next, rest, value);
}

/** A whole number of a form, or undefined. */
export const wholeOf = (value: unknown): number | undefined =>
  (typeof value === 'string' || typeof value === 'number') && /^-?\d{1,15}$/.test(String(value))
    ? Number(value)
    : undefined;

/** The texts of an object: what metadata may hold. */
export function textsOf(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}

/** The texts of a list, as a form or as JSON has it. */
export function textListOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.values(value).map(String) : [];
}
