const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const codes = letters.flatMap((first) => letters.map((second) => first + second));

/** As people write them where CLDR's English name is another. */
const aliases: Readonly<Record<string, string>> = {
  britain: 'GB',
  'czech republic': 'CZ',
  deutschland: 'DE',
  england: 'GB',
  'great britain': 'GB',
  holland: 'NL',
  scotland: 'GB',
  turkey: 'TR',
  uk: 'GB',
  'united states of america': 'US',
  usa: 'US',
  wales: 'GB',
};

let names: ReadonlyMap<string, string> | undefined;

/** ISO 3166-1 of what somebody entered as a country, a code or an English name; undefined when it is neither. */
export function countryOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 100) return undefined;
  const text = value.trim().toLowerCase().replace(/^the /, '').replaceAll('.', '');
  names ??= englishNames();
  const alias = Object.hasOwn(aliases, text) ? aliases[text] : undefined;
  return alias ?? names.get(text);
}

/** By name and by code. */
function englishNames(): ReadonlyMap<string, string> {
  const display = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const known = codes.flatMap((code) => {
    const name = display.of(code);
    return name === undefined || code === 'ZZ' ? [] : [[code, name] as const];
  });
  return new Map(
    known.flatMap(([code, name]) => [
      [code.toLowerCase(), code],
      [name.toLowerCase(), code],
    ]),
  );
}
