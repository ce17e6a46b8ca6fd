import type { LeadField } from '../contracts.js';
import { campaignFindings } from './campaign.js';
import { companyFindings } from './company.js';
import { doubts } from './confidence.js';
import { consentFindings } from './consent.js';
import { countryFindings } from './country.js';
import { emailInName, readEmail, type EmailReading } from './email.js';
import { SubmittedValues } from './extra.js';
import { languageFindings, languageTags } from './language.js';
import type { LeadPolicy } from './lead-policy.js';
import { LeadSheet } from './lead-sheet.js';
import { nameFindings } from './names.js';
import { readPhone, type PhoneHome } from './phone.js';
import type { LeadTools } from './tools.js';

/** What a form brought: the lead fields that it maps, and the rest. */
export interface LeadInput {
  readonly fields: Readonly<Record<string, string>>;
  readonly extra: Readonly<Record<string, string>>;
}

const localeNames = ['locale', 'accept_language', 'browser_language', 'navigator_language', 'lang'];
const countryNames = ['country', 'country_code', 'ip_country', 'cf_ipcountry'];

function addNamesAndEmail(sheet: LeadSheet, policy: LeadPolicy, tools: LeadTools): EmailReading {
  const [fullName, firstName, lastName] = ['fullName', 'firstName', 'lastName'].map((name) =>
    sheet.given(name),
  );
  sheet.add(nameFindings({ fullName, firstName, lastName }));
  sheet.add(emailInName([fullName, firstName, lastName], tools));
  const reading = readEmail(sheet.value('email'), policy, tools);
  sheet.add(reading.findings);
  if (!reading.valid) sheet.doubt('email', doubts['email-invalid']);
  return reading;
}

function phoneHome(sheet: LeadSheet, policy: LeadPolicy): PhoneHome | undefined {
  const stated = sheet.value('normalized.country');
  if (stated) return { country: stated, stated: true };
  const hinted = sheet.given('country') === undefined ? sheet.value('country') : undefined;
  const country = hinted ?? policy.defaultCountry;
  return country ? { country, stated: false } : undefined;
}

function addPhone(sheet: LeadSheet, policy: LeadPolicy, tools: LeadTools): void {
  const { findings, doubt } = readPhone(sheet.given('phone'), phoneHome(sheet, policy), tools);
  sheet.add(findings);
  if (doubt !== undefined) sheet.doubt('phone', doubt);
}

/**
 * Derives every field that the rules know, each with its source and confidence. Pure: the same input gives the same
 * fields, and the input is not touched.
 */
export function deriveLead(
  input: LeadInput,
  policy: LeadPolicy,
  tools: LeadTools,
): Record<string, LeadField> {
  const sheet = new LeadSheet(input.fields);
  const extra = new SubmittedValues(input.extra);
  const locales = languageTags(extra.find(...localeNames));
  const email = addNamesAndEmail(sheet, policy, tools);
  sheet.add(companyFindings(sheet.given('website'), email.companyDomain));
  const country = {
    given: sheet.given('country'),
    extra: extra.find(...countryNames),
    locales,
    domain: email.domain,
  };
  sheet.add(countryFindings(country, tools));
  addPhone(sheet, policy, tools);
  const spoken = {
    given: sheet.given('language'),
    message: sheet.given('message'),
    locales,
    country: sheet.value('normalized.country') ?? sheet.value('country'),
  };
  sheet.add(languageFindings(spoken, policy.languageMinLetters, tools));
  sheet.add(campaignFindings(new SubmittedValues(input.extra, input.fields)));
  sheet.add(consentFindings(extra));
  return sheet.fields();
}
