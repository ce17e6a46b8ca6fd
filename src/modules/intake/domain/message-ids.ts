const mostIds = 100;
const longestId = 500;
const bracketed = new RegExp(`<([^<>\\s\\p{Cc}]{1,${longestId}})>`, 'gu');
const bare = new RegExp(`^[^<>\\s\\p{Cc}]{1,${longestId - 1}}@[^<>\\s\\p{Cc}]{1,250}$`, 'u');

/**
 * Ids of messages in a header's value (RFC 5322, section 3.6.4), each in angle brackets: comments and words between them
 * are skipped, an id without brackets is taken where it stands alone. What is absurd (empty, with blanks, longer than
 * 500 characters) is none.
 */
export function messageIds(value: string | undefined): readonly string[] {
  const text = (value ?? '').toWellFormed();
  const found = [...text.matchAll(bracketed)].slice(0, mostIds).map(([id]) => id);
  if (found.length > 0) return found;
  const alone = text.trim();
  return bare.test(alone) && alone.length <= longestId ? [`<${alone}>`] : [];
}
