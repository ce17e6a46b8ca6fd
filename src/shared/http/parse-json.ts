import { Malformed } from './http.errors.js';

export interface JsonBounds {
  /** Most objects and arrays within each other. Default 32. */
  readonly maxDepth?: number;
  /** Most members of objects and items of arrays in all. Default 20,000. */
  readonly maxKeys?: number;
  /** Refuses repeated keys and broken surrogate pairs, too: for callers that can mend what they send. */
  readonly strict?: boolean;
}

/**
 * Parses JSON in UTF-8 from outside. Its size is bounded on the text, before anything is built of it; keys that could
 * reach a prototype are refused. No step recurses.
 * @throws HTTP.MALFORMED
 */
export function parseJsonBounded(bytes: Buffer, bounds: JsonBounds = {}): unknown {
  const { maxDepth = 32, maxKeys = 20_000, strict = false } = bounds;
  const text = decode(bytes);
  const members = countMembers(bytes, maxDepth, maxKeys);
  const value = parse(text);
  const distinct = inspect(value, strict);
  if (strict && distinct !== members) throw Malformed({ message: 'The JSON repeats a key.' });
  return value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw Malformed({ message: 'The body is not valid UTF-8.', cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw Malformed({ message: 'The body is not valid JSON.', cause });
  }
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Reads the bytes once (structure is ASCII in UTF-8); gives the number of members (a colon outside of texts each). */
function countMembers(bytes: Buffer, maxDepth: number, maxKeys: number): number {
  let depth = 0;
  let commas = 0;
  let members = 0;
  for (let at = 0; at < bytes.length; at++) {
    const c = bytes[at];
    if (c === quote) at = endOfString(bytes, at);
    else if (c === openBrace || c === openBracket) depth += 1;
    else if (c === closeBrace || c === closeBracket) depth -= 1;
    else if (c === colon) members += 1;
    else if (c === comma) commas += 1;
    else continue;
    if (depth > maxDepth) throw Malformed({ message: `The JSON is nested deeper than ${maxDepth}.` });
    if (members > maxKeys || commas > maxKeys)
      throw Malformed({ message: `The JSON has more than ${maxKeys} members.` });
  }
  return members;
}

function endOfString(bytes: Buffer, start: number): number {
  let end = start + 1;
  while (end < bytes.length && bytes[end] !== quote) end += bytes[end] === backslash ? 2 : 1;
  return end;
}

/** Looks at every value; gives the number of members. */
function inspect(root: unknown, strict: boolean): number {
  const open: unknown[] = [root];
  let members = 0;
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string' && strict) requireWellFormed(value);
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, item] of Object.entries(value)) {
      if (!Array.isArray(value)) {
        members += 1;
        requireHarmlessKey(key, item);
        if (strict) requireWellFormed(key);
      }
      open.push(item);
    }
  }
  return members;
}

function requireHarmlessKey(key: string, value: unknown): void {
  const reachesPrototype =
    key === '__proto__' ||
    (key === 'constructor' &&
      typeof value === 'object' &&
      value !== null &&
      Object.hasOwn(value, 'prototype'));
  if (reachesPrototype) throw Malformed({ message: `The JSON has a forbidden key: ${key}.` });
}

function requireWellFormed(text: string): void {
  if (!text.isWellFormed()) throw Malformed({ message: 'The JSON has half of a surrogate pair.' });
}
