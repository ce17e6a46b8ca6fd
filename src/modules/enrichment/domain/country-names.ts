import { foldText } from './text.js';

/** What people write for a country beyond its names in the languages below, and the common ISO 3166-1 alpha-3 codes. */
const aliases: Readonly<Record<string, string>> = {
  uk: 'GB', 'great britain': 'GB', britain: 'GB', england: 'GB', scotland: 'GB', wales: 'GB', gbr: 'GB',
  'northern ireland': 'GB', usa: 'US', 'u s a': 'US', 'u s': 'US', america: 'US', 'united states of america': 'US',
  holland: 'NL', 'the netherlands': 'NL', nld: 'NL', 'czech republic': 'CZ', korea: 'KR', 'republic of korea': 'KR',
  'republic of ireland': 'IE', irl: 'IE', uae: 'AE', osterreich: 'AT', oesterreich: 'AT', suisse: 'CH', svizzera: 'CH',
  deu: 'DE', aut: 'AT', che: 'CH', fra: 'FR', ita: 'IT', esp: 'ES', prt: 'PT', bel: 'BE', pol: 'PL', swe: 'SE',
  nor: 'NO', dnk: 'DK', fin: 'FI', can: 'CA', aus: 'AU', nzl: 'NZ', ind: 'IN', chn: 'CN', jpn: 'JP', bra: 'BR',
  mex: 'MX', sverige: 'SE', norge: 'NO', danmark: 'DK', suomi: 'FI', polska: 'PL', macedonia: 'MK', turkey: 'TR',
}; // prettier-ignore

/** Languages in which a country's name is known. */
const languages = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt'];

let names: ReadonlyMap<string, string> | undefined;

/** Made at the first question (about 20 ms), from the runtime's own CLDR data. */
function allNames(countries: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const language of languages) {
    const display = new Intl.DisplayNames([language], { type: 'region' });
    for (const country of countries) {
      const name = foldText(display.of(country) ?? '');
      if (!found.has(name)) found.set(name, country);
    }
  }
  return found;
}

/** ISO 3166-1 alpha-2 of a country's code or name in English, German, French, Spanish, Italian, Dutch, Portuguese. */
export function countryCode(text: string, countries: readonly string[]): string | undefined {
  const folded = foldText(text);
  if (folded === '') return undefined;
  const alias = Object.hasOwn(aliases, folded) ? aliases[folded] : undefined;
  if (alias) return alias;
  if (/^[a-z]{2}$/.test(folded)) return countries.find((code) => code === folded.toUpperCase());
  names ??= allNames(countries);
  return names.get(folded);
}
