/** Words of a family name that stay small: Dutch, German, Romance and Nordic usage. */
export const particles: ReadonlySet<string> = new Set(
  `van von vom der den des de la las los le du da do dos das di del della dello dal dalla ten ter te tot 't af av zu
   zur zum bin ibn bint al el`.split(/\s+/),
);

const romanNumeral = /^(ii|iii|iv|vi|vii|viii)$/i;
const initials = /^(\p{L}\.)+\p{L}?\.?$/u;

/** Whether every letter that has two cases is in the same one, and there are enough of them to tell. */
export function isOneCase(name: string): boolean {
  const letters = name.replace(/[^\p{Lu}\p{Ll}\p{Lt}]/gu, '');
  return letters.length >= 2 && (letters === letters.toUpperCase() || letters === letters.toLowerCase());
}

function capitalise(part: string): string {
  return part.replace(/\p{L}/u, (first) => first.toUpperCase());
}

/** One part of a hyphenated name: O'NEIL → O'Neil, MCDONALD → McDonald. */
function repairPart(part: string): string {
  const elided = /^(\p{L}['’])(\p{L}.+)$/u.exec(part);
  if (elided) return capitalise(elided[1] ?? '') + repairPart(elided[2] ?? '');
  return /^mc\p{L}{2}/u.test(part) ? `Mc${capitalise(part.slice(2))}` : capitalise(part);
}

function repairWord(word: string, index: number): string {
  const lower = word.toLowerCase();
  if (romanNumeral.test(word) || initials.test(word)) return word.toUpperCase();
  if (index > 0 && particles.has(lower)) return lower;
  return lower.split('-').map(repairPart).join('-');
}

/**
 * A name in usual casing where it is written in one case (JANE VAN DER BERG → Jane van der Berg); any other name is
 * returned as it is. Particles stay small unless they begin the name; `asFamilyName` keeps them small there too.
 */
export function repairCasing(name: string, asFamilyName = false): string {
  if (!isOneCase(name)) return name;
  const offset = asFamilyName && name.includes(' ') ? 1 : 0;
  return name
    .split(' ')
    .map((word, index) => repairWord(word, index + offset))
    .join(' ');
}
