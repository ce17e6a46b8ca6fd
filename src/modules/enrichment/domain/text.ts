/** The longest derived value, in UTF-16 units: an address (254) and a web site (261) must fit whole. */
export const maxDerived = 300;

/** Control characters, directional overrides, zero-width spaces and halves of surrogate pairs. */
const unwanted = /[\p{Cc}\p{Cs}\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/**
 * A value fit to be derived from: one line, NFC, single spaces, at most `max` UTF-16 units. Works in time bounded by
 * `max`, however long the value is.
 */
export function cleanText(value: string, max: number = maxDerived): string {
  const text = value
    .slice(0, max * 4)
    .normalize('NFC')
    .replace(unwanted, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  return text.length <= max
    ? text
    : text
        .slice(0, max)
        .replace(/\p{Cs}/gu, '')
        .trim();
}

/** Whether a person wrote nothing that can be read. */
export function isBlank(value: string | undefined): boolean {
  return value === undefined || value.trim() === '';
}

/** A form of words to compare by: lower case, no diacritics, letters and digits with single spaces between. */
export function foldText(value: string): string {
  return cleanText(value)
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
