/** Looks into JSON from outside: what is not of the kind that is asked for is as if it were not there. */

/** An object of JSON from outside: nothing is known of its values. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value of JSON is an object, and no list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value where it is an object; an empty one in place of all else. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The value where it is a list; an empty one in place of all else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value where it is a text; an empty one in place of all else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
