import type { z } from 'zod';

import type { Shape } from './shapes.js';

/** One environment variable: what it is, in words and as a schema. */
export interface Variable<T> {
  readonly group: string;
  /** Completes "expected …". */
  readonly shape: string;
  /** Shown as its default. */
  readonly defaultText: string;
  /** What to do when it is missing or malformed: a sentence. */
  readonly remedy: string;
  readonly does: string;
  readonly secret: boolean;
  readonly schema: z.ZodType<T, string | undefined>;
}

interface Description<T> {
  readonly group: string;
  readonly shape: string;
  readonly remedy: string;
  readonly does: string;
  readonly secret?: boolean;
  readonly parse: Shape<T>;
}

/** A variable with one default whatever the others are: the text is parsed like a value that was set. */
export function withDefault<T>(fallback: string, description: Description<T>): Variable<T> {
  const { parse, secret = false, ...words } = description;
  return { ...words, secret, defaultText: `\`${fallback}\``, schema: parse.prefault(fallback) };
}

/** A variable that may be absent. `defaultText` says in words what holds then. */
export function optional<T>(defaultText: string, description: Description<T>): Variable<T | undefined> {
  const { parse, secret = false, ...words } = description;
  return { ...words, secret, defaultText, schema: parse.optional() };
}
