import { finding, type Finding } from './confidence.js';
import { countryCode } from './country-names.js';
import type { DomainParts } from './domains.js';
import type { LeadTools } from './tools.js';

/** Where hints at a country may come from; the phone's is in `phone.ts`. */
export interface CountryEvidence {
  /** The person's own word. */
  readonly given?: string;
  /** What the form's page knows of the visitor, name or code. */
  readonly extra?: string;
  /** Language tags (BCP 47), the preferred one first. */
  readonly locales: readonly string[];
  /** Of the e-mail address or website. */
  readonly domain?: DomainParts;
}

/** The region of a language tag: `de-CH` → CH. */
function regionOf(locale: string | undefined): string | undefined {
  return /^[a-z]{2,3}(?:[-_][a-z]{4})?[-_]([a-z]{2})$/i.exec(locale ?? '')?.[1]?.toUpperCase();
}

/** ISO 3166-1 alpha-2 by each hint. A given country is read beside what was written. */
export function countryFindings(evidence: CountryEvidence, tools: LeadTools): Finding[] {
  const countries = tools.countries();
  const stated = evidence.given && countryCode(evidence.given, countries);
  const told = evidence.extra && countryCode(evidence.extra, countries);
  const region = regionOf(evidence.locales[0]);
  const ending = evidence.domain?.country;
  return [
    ...(stated ? [finding('normalized.country', stated, 'given-country')] : []),
    ...(told ? [finding('country', told, 'extra-country')] : []),
    ...(ending && countries.includes(ending) ? [finding('country', ending, 'domain-ending')] : []),
    ...(region && countries.includes(region) ? [finding('country', region, 'locale-region')] : []),
  ];
}
