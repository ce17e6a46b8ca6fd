/** Control characters, halves of surrogate pairs, directional overrides and characters without width. */
const unwanted = /[\p{Cc}\p{Cs}\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]+/gu;
/** Of texts of several lines: line feeds, tabs and what shapes a script stay. */
const unwantedInText = /(?:[^\P{Cc}\n\t]|[\p{Cs}\u202a-\u202e\u2066-\u2069\ufeff])+/gu;

/** At most `max` UTF-16 units, never half of a surrogate pair at the end. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const isHalf = /[\ud800-\udbff]/.test(text[max - 1] ?? '');
  return text.slice(0, isHalf ? max - 1 : max);
}

/** Text from outside as one line without what could mislead a reader, of at most `max` UTF-16 units. */
export function oneLine(text: string, max: number): string {
  const line = text
    .slice(0, max * 4)
    .replace(unwanted, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  return cut(line, max).trim();
}

/** Text from outside of several lines, ended by line feeds, of at most `max` UTF-16 units. */
export function plainText(text: string, max: number): string {
  const lines = text
    .slice(0, max * 2)
    .replace(/\r\n?/g, '\n')
    .replace(unwantedInText, '');
  return cut(lines, max).trim();
}

const longestName = 200;
const longestEnding = 16;

/** What to call a file that a stranger has named: no path, nothing hidden, at most 200 characters, never empty. */
export function fileName(given: string): string {
  const last = given.slice(-4_000).split(/[/\\]/).at(-1) ?? '';
  const name = oneLine(last, 4_000)
    .replace(/[<>:"|?*]/g, '_')
    .replace(/^\.+|[. ]+$/g, '');
  if (name === '') return 'file';
  if (name.length <= longestName) return name;
  const dot = name.lastIndexOf('.');
  const ending = name.length - dot <= longestEnding && dot > 0 ? name.slice(dot) : '';
  return cut(name, longestName - ending.length) + ending;
}
