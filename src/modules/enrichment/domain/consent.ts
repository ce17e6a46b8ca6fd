import { finding, type Finding } from './confidence.js';
import type { SubmittedValues } from './extra.js';
import { cleanText, maxDerived } from './text.js';

const consentName = /consent|optin|gdpr|newsletter|privacyaccepted|marketingallowed/;
const maxConsents = 10;

/**
 * Consent that no lead field was mapped to passes through under `consent.<name>`, the name in plain letters. It is never
 * interpreted; a text too long to pass whole does not pass, since half a consent is another one.
 */
export function consentFindings(submitted: SubmittedValues): Finding[] {
  return [...submitted.entries()]
    .filter(
      ([name, value]) =>
        consentName.test(name) && value.length <= maxDerived && cleanText(value) === value.trim(),
    )
    .slice(0, maxConsents)
    .map(([name, value]) => finding(`consent.${name}`, value, 'consent'));
}
