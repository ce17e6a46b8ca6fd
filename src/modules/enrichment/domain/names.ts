import { finding, type Finding, type Rule } from './confidence.js';
import { isOneCase, particles, repairCasing } from './name-casing.js';
import { cleanText } from './text.js';

const maxName = 120;
const notAName = /[<>@{}[\]|=;:\\/_*#$%^+~"\p{N}]|https?|www\./iu;
const titles = new Set('mr mrs ms miss mx dr prof sir herr frau mme mlle dhr mevr rev med'.split(' '));
const dottedTitles = new Set(['m.', 'sr.', 'sra.', 'sig.', 'ing.', 'dipl.-ing.']);
const suffixes = new Set('jr sr ii iii iv phd md mba esq msc bsc dds cpa'.split(' '));
const familyFirst = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+$/u;

/** A full name taken apart. */
export interface NameParts {
  readonly title?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly suffix?: string;
  /** How the two names were told apart. */
  readonly rule: Rule;
}

/** A name that can be read, or nothing: an address, a link, markup or a number is not taken for one. */
export function readableName(value: string | undefined): string | undefined {
  if (value === undefined || value.length > maxName * 4) return undefined;
  const name = cleanText(value, maxName * 4);
  return name === '' || name.length > maxName || notAName.test(name) || !/\p{L}/u.test(name)
    ? undefined
    : name;
}

function bare(word: string): string {
  return word.toLowerCase().replace(/[.,]/g, '');
}

function isTitle(word: string): boolean {
  return titles.has(bare(word)) || dottedTitles.has(word.toLowerCase());
}

/** Where the family name starts: at its first particle, else with the last word. */
function familyStart(words: readonly string[]): number {
  const particle = words.findIndex(
    (word, index) => index > 0 && index < words.length - 1 && particles.has(word.toLowerCase()),
  );
  return particle > 0 ? particle : words.length - 1;
}

function splitWords(words: readonly string[]): Omit<NameParts, 'title' | 'suffix'> {
  if (words.length < 2) return { firstName: words[0], rule: 'full-name-one-word' };
  if (words.length === 2 && words.every((word) => familyFirst.test(word))) {
    return { firstName: words[1], lastName: words[0], rule: 'full-name-family-first' };
  }
  const start = familyStart(words);
  return {
    firstName: words.slice(0, start).join(' '),
    lastName: words.slice(start).join(' '),
    rule: start === 1 ? 'full-name' : 'full-name-many-words',
  };
}

/** `Doe, Jane` and `Doe, Jane, PhD`: the family name stands before the first comma unless a suffix follows it. */
function splitAtComma(name: string): { parts: string[]; suffix: string[] } {
  const parts = name
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const suffix = parts.slice(1).filter((part) => suffixes.has(bare(part)));
  return { parts: parts.filter((part) => !suffix.includes(part)), suffix };
}

/** Takes a full name apart: title, names, suffix. Names written in one case come in usual casing. */
export function splitFullName(fullName: string): NameParts {
  const { parts, suffix } = splitAtComma(repairCasing(fullName));
  const words = parts.length === 2 ? (parts[1] ?? '').split(' ') : parts.join(' ').split(' ');
  const title: string[] = [];
  while (words.length > 1 && isTitle(words[0] ?? '')) title.push(words.shift() ?? '');
  while (words.length > 1 && suffixes.has(bare(words.at(-1) ?? ''))) suffix.unshift(words.pop() ?? '');
  const names: Omit<NameParts, 'title' | 'suffix'> =
    parts.length === 2
      ? { firstName: words.join(' '), lastName: parts[0], rule: 'full-name' }
      : splitWords(words);
  return { ...names, title: title.join(' ') || undefined, suffix: suffix.join(' ') || undefined };
}

function fromFullName(fullName: string): Finding[] {
  const { title, firstName, lastName, suffix, rule } = splitFullName(fullName);
  // Behind a title stands the family name: "Dr. Berg".
  const [first, last] = title && !lastName ? [undefined, firstName] : [firstName, lastName];
  return [
    ...(first ? [finding('firstName', first, rule)] : []),
    ...(last ? [finding('lastName', last, rule)] : []),
    ...(title ? [finding('salutation', title, 'full-name-title')] : []),
    ...(suffix ? [finding('nameSuffix', suffix, 'full-name-title')] : []),
  ];
}

function joined(first: string, last: string): Finding {
  const names = familyFirst.test(first + last) ? [last, first] : [first, last];
  return finding('fullName', names.join(' '), 'first-and-last-name');
}

function casing(field: string, name: string | undefined): Finding[] {
  if (!name || !isOneCase(name)) return [];
  const repaired = repairCasing(name, field === 'lastName');
  return repaired === name ? [] : [finding(`suggested.${field}`, repaired, 'name-casing')];
}

/** What the names in a form tell: the missing ones of full, first and last name, and the casing of shouted ones. */
export function nameFindings(given: { fullName?: string; firstName?: string; lastName?: string }): Finding[] {
  const fullName = readableName(given.fullName);
  const firstName = readableName(given.firstName);
  const lastName = readableName(given.lastName);
  return [
    ...(fullName ? fromFullName(fullName) : []),
    ...(firstName && lastName ? [joined(firstName, lastName)] : []),
    ...casing('fullName', fullName),
    ...casing('firstName', firstName),
    ...casing('lastName', lastName),
  ];
}
