/**
 * Every rule that derives a value, with how sure it is (above 0, at most 1). A rule's name is the `source` of what it
 * derives; the README's table is pinned to this one.
 */
export const confidences = {
  'full-name': 0.9,
  'full-name-many-words': 0.6,
  'full-name-family-first': 0.6,
  'full-name-one-word': 0.5,
  'full-name-title': 0.8,
  'first-and-last-name': 0.95,
  'name-casing': 0.7,
  'email-in-name': 0.6,
  'email-local-part': 0.35,
  'email-format': 0.99,
  'email-typo': 0.3,
  'free-mail-list': 0.98,
  'disposable-list': 0.95,
  'role-list': 0.9,
  'no-list': 0.7,
  website: 0.65,
  'email-domain': 0.6,
  'email-domain-unlisted-suffix': 0.4,
  'phone-valid': 0.95,
  'phone-unassigned': 0.7,
  'phone-national': 0.8,
  'phone-assumed-country': 0.4,
  'given-country': 0.98,
  'phone-country': 0.85,
  'phone-calling-code': 0.45,
  'extra-country': 0.7,
  'domain-ending': 0.5,
  'locale-region': 0.4,
  'given-language': 0.98,
  message: 0.9,
  'message-weak': 0.5,
  locale: 0.7,
  'country-language': 0.3,
  extra: 0.9,
  'page-url': 0.85,
  consent: 1,
} as const;

export type Rule = keyof typeof confidences;

/** How sure a given value is once a check has failed; its source stays `given`. */
export const doubts = {
  /** Not an address by RFC 5321 and 5322. */
  'email-invalid': 0.1,
  /** No number of this length exists under its calling code. */
  'phone-impossible': 0.3,
} as const;

/** A value that a rule derived for a field. */
export interface Finding {
  readonly field: string;
  readonly value: string;
  readonly rule: Rule;
}

export function finding(field: string, value: string, rule: Rule): Finding {
  return { field, value, rule };
}
