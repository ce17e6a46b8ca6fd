import { createRequire } from 'node:module';
import { isEmail } from 'class-validator';
import type * as PhoneModule from 'libphonenumber-js/max';
import type { LeadTools, ParsedPhone } from './domain/tools.js';

type PhoneLibrary = typeof PhoneModule;

/**
 * class-validator has loaded this build of the library, with the full metadata, into every process: sharing it costs
 * 0.1 MB and under 1 ms. As an ES module it would be loaded a second time (2.2 MB, 100 ms).
 */
const phones = createRequire(import.meta.url)('libphonenumber-js/max') as PhoneLibrary;

/** The languages that businesses write in; the detector also knows Latin, Klingon and other sources of confusion. */
const detectable =
  `ar bg cs da de el en es et fi fr he hi hu id is it ja ko lt lv nl no pl pt ro ru sk sr sv tr uk vi
  zh`.split(/\s+/);

function parsePhone(text: string, country?: string): ParsedPhone | undefined {
  const home = country && phones.isSupportedCountry(country) ? country : undefined;
  const number = phones.parsePhoneNumberFromString(text, home);
  return (
    number && {
      e164: number.number,
      country: number.country,
      possibleCountries: number.country ? [number.country] : number.getPossibleCountries(),
      possible: number.isPossible(),
      valid: number.isValid(),
      extension: number.ext,
    }
  );
}

const tools: LeadTools = {
  isEmail: (value) => isEmail(value),
  parsePhone,
  countries: () => phones.getCountries(),
};

let withLanguages: Promise<LeadTools> | undefined;

/** The tools without the language detector. */
export function worldTools(): LeadTools {
  return tools;
}

/** All tools. The detector's model (8 MB, 150 ms) is loaded when the first message asks for it. */
export function worldToolsWithLanguages(): Promise<LeadTools> {
  withLanguages ??= import('tinyld').then(({ detectAll }) => ({
    ...tools,
    detectLanguages: (text: string) => detectAll(text, { only: detectable }),
  }));
  return withLanguages;
}
