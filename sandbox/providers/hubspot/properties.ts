export type PropertyOption = { label: string; value: string; displayOrder: number; hidden: boolean };

export type PropertyType =
  'string' | 'number' | 'enumeration' | 'datetime' | 'date' | 'bool' | 'phone_number';

export type PropertyDefinition = {
  name: string;
  label: string;
  type: PropertyType;
  fieldType: string;
  groupName: string;
  description: string;
  options: PropertyOption[];
  hasUniqueValue: boolean;
  hubspotDefined: boolean;
  readOnly: boolean;
  createdAt: number;
};

/** In the order a contact moves through them. */
/** A validation rule of the portal: a value that isn't empty has to match the pattern. */
export type ValidationRule = { property: string; pattern: string; message?: string };

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

export function builtInProperties(): Map<string, PropertyDefinition> {
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
    define('createdate', 'Create Date', { type: 'datetime', fieldType: 'date', readOnly: true }),
    define('lastmodifieddate', 'Last Modified Date', { type: 'datetime', fieldType: 'date', readOnly: true }),
    define('hs_object_id', 'Record ID', { type: 'number', fieldType: 'number', readOnly: true }),
    define('hs_analytics_source_data_1', 'Original Traffic Source Drill-Down 1', { readOnly: true }),
    define('hs_analytics_source_data_2', 'Original Traffic Source Drill-Down 2', { readOnly: true }),
  ];
  const all = [...texts, ...phones, ...choices, ...computed];
  return new Map(all.map((definition) => [definition.name, definition]));
}

export function toOptions(values: Iterable<{ label: string; value: string }>): PropertyOption[] {
  return Array.from(values, ({ label, value }, displayOrder) => ({
    label,
    value,
    displayOrder,
    hidden: false,
  }));
}

function choice(name: string, label: string, values: string[]): PropertyDefinition {
  const options = toOptions(values.map((value) => ({ label: value, value })));
  return define(name, label, { type: 'enumeration', fieldType: 'select', options });
}

function define(name: string, label: string, rest: Partial<PropertyDefinition> = {}): PropertyDefinition {
  return {
    name,
    label,
    type: 'string',
    fieldType: 'text',
    groupName: 'contactinformation',
    description: '',
    options: [],
    hasUniqueValue: false,
    hubspotDefined: true,
    readOnly: false,
    createdAt: Date.UTC(2020, 0, 1),
    ...rest,
  };
}
