/** Text that is HTML already. */
export type Html = { text: string };

type Part = Html | string | number | Part[];

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (value: string): string =>
  value.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);

export const raw = (text: string): Html => ({ text });

/** A template whose every value is escaped, unless it was made by `html` or `raw`. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return { text: strings.reduce((text, part, index) => text + toText(parts[index - 1] ?? '') + part) };
}

function toText(part: Part): string {
  if (Array.isArray(part)) return part.map(toText).join('');
  return typeof part === 'object' ? part.text : escapeHtml(String(part));
}
