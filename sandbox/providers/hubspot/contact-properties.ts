import { choice, define } from './property-definitions.ts';
import type { PropertyDefinition } from './property-definitions.ts';

/** In the order a contact moves through them. */
export const LIFECYCLE_STAGES = [
  'subscriber',
  'lead',
  'marketingqualifiedlead',
  'salesqualifiedlead',
  'opportunity',
  'customer',
  'evangelist',
  'other',
];

const LEAD_STATUSES = [
  'NEW',
  'OPEN',
  'IN_PROGRESS',
  'OPEN_DEAL',
  'UNQUALIFIED',
  'ATTEMPTED_TO_CONTACT',
  'CONNECTED',
];

const LANGUAGES = [
  'en',
  'en-gb',
  'en-us',
  'de',
  'fr',
  'es',
  'it',
  'nl',
  'pl',
  'pt',
  'pt-br',
  'sv',
  'ja',
  'zh',
];

const TRAFFIC_SOURCES = [
  'ORGANIC_SEARCH',
  'PAID_SEARCH',
  'EMAIL_MARKETING',
  'SOCIAL_MEDIA',
  'REFERRALS',
  'OTHER_CAMPAIGNS',
  'DIRECT_TRAFFIC',
  'OFFLINE',
];

const TEXTS = [
  ['email', 'Email'],
  ['firstname', 'First Name'],
  ['lastname', 'Last Name'],
  ['company', 'Company Name'],
  ['website', 'Website URL'],
  ['jobtitle', 'Job Title'],
  ['country', 'Country/Region'],
  ['city', 'City'],
  ['state', 'State/Region'],
  ['zip', 'Postal Code'],
  ['address', 'Street Address'],
  ['message', 'Message'],
  ['industry', 'Industry'],
  ['salutation', 'Salutation'],
  ['hubspot_owner_id', 'Contact owner'],
  ['hs_additional_emails', 'Additional email addresses'],
] as const;

/** The properties that every account has for contacts, without those that HubSpot computes for every object. */
export function contactProperties(): PropertyDefinition[] {
  const texts = TEXTS.map(([name, label]) => define(name, label));
  const phones = (['phone', 'mobilephone', 'fax'] as const).map((name) =>
    define(name, name === 'mobilephone' ? 'Mobile Phone Number' : `${name} number`, {
      fieldType: 'phonenumber',
    }),
  );
  const choices = [
    choice('lifecyclestage', 'Lifecycle Stage', LIFECYCLE_STAGES),
    choice('hs_lead_status', 'Lead Status', LEAD_STATUSES),
    choice('hs_language', 'Preferred language', LANGUAGES),
    choice('hs_analytics_source', 'Original Traffic Source', TRAFFIC_SOURCES),
  ];
  const computed = [
    define('hs_analytics_source_data_1', 'Original Traffic Source Drill-Down 1', { readOnly: true }),
    define('hs_analytics_source_data_2', 'Original Traffic Source Drill-Down 2', { readOnly: true }),
  ];
  return [...texts, ...phones, ...choices, ...computed];
}
