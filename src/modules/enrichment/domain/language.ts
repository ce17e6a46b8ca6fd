import { finding, type Finding } from './confidence.js';
import { cleanText, foldText } from './text.js';
import type { DetectedLanguage, LeadTools } from './tools.js';

/** Detection reads this much of a message: more costs time and hardly changes the answer. */
const maxRead = 300;

/** Languages (ISO 639-1) whose names are understood, in English and in themselves. */
const known =
  `ar bg bn ca cs da de el en es et fa fi fr ga gu he hi hr hu hy id is it ja ka kk km kn ko lt lv mk ms nl
  no pl pt ro ru sk sl sq sr sv ta te th tr uk ur vi zh`.split(/\s+/);

/** Countries with one language that a business there almost always writes. */
const byCountry: Readonly<Record<string, string>> = {
  AR: 'es', AT: 'de', AU: 'en', BR: 'pt', CL: 'es', CN: 'zh', CO: 'es', CZ: 'cs', DE: 'de', DK: 'da', ES: 'es',
  FI: 'fi', FR: 'fr', GB: 'en', GR: 'el', HU: 'hu', IE: 'en', IT: 'it', JP: 'ja', KR: 'ko', MX: 'es', NL: 'nl',
  NO: 'no', NZ: 'en', PL: 'pl', PT: 'pt', RO: 'ro', RU: 'ru', SE: 'sv', TR: 'tr', US: 'en',
}; // prettier-ignore

let names: ReadonlyMap<string, string> | undefined;

function allNames(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const english = new Intl.DisplayNames(['en'], { type: 'language' });
  for (const code of known) {
    const own = new Intl.DisplayNames([code], { type: 'language' });
    for (const name of [english.of(code), own.of(code)]) found.set(foldText(name ?? ''), code);
  }
  return found;
}

/** The language of a tag (`de-AT`) or a name (`German`, `Deutsch`), ISO 639-1. */
export function languageCode(text: string): string | undefined {
  const tag = /^\s*([a-z]{2})(?:[-_][a-z0-9_-]{1,20})?\s*$/i.exec(text)?.[1]?.toLowerCase();
  if (tag) return known.find((code) => code === (tag === 'nb' || tag === 'nn' ? 'no' : tag));
  names ??= allNames();
  return names.get(foldText(text));
}

/** The tags of an Accept-Language header (RFC 9110 §12.5.4) or of a single locale, the most wanted first. */
export function languageTags(header: string | undefined): string[] {
  const entries = (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.trim().split(';');
      const weight = Number(/^\s*q=([\d.]+)/i.exec(parameters.join(';'))?.[1] ?? 1);
      return { tag: tag.trim(), weight };
    });
  const wanted = entries.filter(
    ({ tag, weight }) => /^[a-z]{2,3}([-_][a-z0-9]{2,8})*$/i.test(tag) && weight > 0,
  );
  return wanted.sort((a, b) => b.weight - a.weight).map(({ tag }) => tag);
}

/** A character of these scripts says about as much as three letters. */
function lettersIn(text: string): number {
  const dense =
    text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0;
  return (text.match(/\p{L}/gu)?.length ?? 0) + 2 * dense;
}

function verdict([first, second]: readonly DetectedLanguage[]): Finding[] {
  if (!first || !known.includes(first.lang)) return [];
  if (first.accuracy >= 0.5) return [finding('language', first.lang, 'message')];
  const clear = first.accuracy >= 0.03 && first.accuracy >= 1.3 * (second?.accuracy ?? 0);
  return clear ? [finding('language', first.lang, 'message-weak')] : [];
}

/** What a detector is asked: the beginning of a message, without addresses and links; nothing of a short one. */
export function detectableText(message: string | undefined, minLetters: number): string | undefined {
  const text = cleanText(message ?? '', maxRead).replace(/\S*[@/]\S*/g, ' ');
  return lettersIn(text) >= minLetters ? text : undefined;
}

/** The language that the lead writes or wants (ISO 639-1), by each hint. */
export function languageFindings(
  evidence: { given?: string; message?: string; locales: readonly string[]; country?: string },
  minLetters: number,
  tools: LeadTools,
): Finding[] {
  const stated = evidence.given && languageCode(evidence.given);
  const text = detectableText(evidence.message, minLetters);
  const locale = evidence.locales.map(languageCode).find(Boolean);
  const usual =
    evidence.country && Object.hasOwn(byCountry, evidence.country) ? byCountry[evidence.country] : '';
  return [
    ...(stated ? [finding('normalized.language', stated, 'given-language')] : []),
    ...(text && tools.detectLanguages ? verdict(tools.detectLanguages(text)) : []),
    ...(locale ? [finding('language', locale, 'locale')] : []),
    ...(usual ? [finding('language', usual, 'country-language')] : []),
  ];
}
