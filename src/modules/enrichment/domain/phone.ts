import { doubts, finding, type Finding, type Rule } from './confidence.js';
import { isBlank } from './text.js';
import type { LeadTools, ParsedPhone } from './tools.js';

/** Longer texts are not numbers (E.164 has 15 digits; room for spaces, brackets and an extension). */
const maxPhone = 80;

/** Where a number without calling code is assumed to be from. */
export interface PhoneHome {
  readonly country: string;
  /** Whether the person said so, instead of a hint or the policy. */
  readonly stated: boolean;
}

export interface PhoneReading {
  readonly findings: readonly Finding[];
  /** How sure the given number still is; absent when nothing speaks against it. */
  readonly doubt?: number;
}

function ruleOf(phone: ParsedPhone, international: boolean, home?: PhoneHome): Rule {
  if (international) return phone.valid ? 'phone-valid' : 'phone-unassigned';
  return phone.valid && home?.stated ? 'phone-national' : 'phone-assumed-country';
}

/** The plan's own answer; else, as for fictional numbers, the caller's country or the main one of the calling code. */
function countryOf(phone: ParsedPhone, home?: PhoneHome): Finding[] {
  if (phone.country && phone.valid) return [finding('country', phone.country, 'phone-country')];
  const shared = phone.possibleCountries;
  const country = home && shared.includes(home.country) ? home.country : shared[0];
  return country ? [finding('country', country, 'phone-calling-code')] : [];
}

/**
 * What a phone field tells: E.164 for every number whose length is possible, also in ranges that nobody has (the
 * fictional ones: +1 555 01xx, +44 7700 900xxx). An impossible one stays as given, doubted.
 */
export function readPhone(
  value: string | undefined,
  home: PhoneHome | undefined,
  tools: LeadTools,
): PhoneReading {
  if (value === undefined || isBlank(value)) return { findings: [] };
  const text = value.trim().replace(/^00(?=[1-9])/, '+');
  const phone = text.length > maxPhone ? undefined : tools.parsePhone(text, home?.country);
  if (!phone?.possible) return { findings: [], doubt: doubts['phone-impossible'] };
  const international = /^[^\d]*[+＋]/u.test(text);
  const rule = ruleOf(phone, international, home);
  return {
    findings: [
      finding('normalized.phone', phone.e164, rule),
      ...(phone.extension ? [finding('phoneExtension', phone.extension, rule)] : []),
      ...(international ? countryOf(phone, home) : []),
    ],
  };
}
