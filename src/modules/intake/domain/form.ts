/** A form that may submit: the JSON Schema of its fields, and which of them are which lead field. */
export interface Form {
  readonly name: string;
  readonly enabled: boolean;
  /** JSON Schema (draft 2020-12) of `data`. */
  readonly fields: object;
  /** Lead field → name of the submitted field. */
  readonly mapping: Readonly<Record<string, string>>;
  readonly revision: number;
}

/** What the rest of the system calls the things that a lead may say. */
export const leadFields = [
  'email',
  'firstName',
  'lastName',
  'fullName',
  'company',
  'jobTitle',
  'website',
  'phone',
  'country',
  'city',
  'language',
  'message',
  'utmSource',
  'utmMedium',
  'utmCampaign',
  'utmTerm',
  'utmContent',
  'consentMarketing',
] as const;

const text = { type: 'string', maxLength: 2_000 };

/** The form that ships enabled. */
export const contactForm: Omit<Form, 'revision'> = {
  name: 'contact',
  enabled: true,
  fields: {
    type: 'object',
    required: ['email'],
    properties: {
      email: { type: 'string', minLength: 3, maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' },
      first_name: text,
      last_name: text,
      name: text,
      company: text,
      job_title: text,
      website: text,
      phone: { type: 'string', maxLength: 50 },
      country: text,
      city: text,
      language: text,
      message: { type: 'string', maxLength: 20_000 },
      utm_source: text,
      utm_medium: text,
      utm_campaign: text,
      utm_term: text,
      utm_content: text,
      consent_marketing: { type: ['boolean', 'string'] },
    },
    additionalProperties: true,
  },
  mapping: {
    email: 'email',
    firstName: 'first_name',
    lastName: 'last_name',
    fullName: 'name',
    company: 'company',
    jobTitle: 'job_title',
    website: 'website',
    phone: 'phone',
    country: 'country',
    city: 'city',
    language: 'language',
    message: 'message',
    utmSource: 'utm_source',
    utmMedium: 'utm_medium',
    utmCampaign: 'utm_campaign',
    utmTerm: 'utm_term',
    utmContent: 'utm_content',
    consentMarketing: 'consent_marketing',
  },
};

const mostExtra = 100;
const longestExtra = 4_000;

/** A submission in the words of the system. Values are texts; what the mapping does not know is kept as `extra`. */
export interface Submission {
  readonly fields: Record<string, string>;
  readonly extra: Record<string, string>;
}

/** Maps submitted fields; empty values are left out, unknown ones kept (at most 100, each bounded). */
export function mapSubmission(
  data: Readonly<Record<string, unknown>>,
  form: Pick<Form, 'mapping'>,
): Submission {
  const fields: Record<string, string> = {};
  const known = new Set(Object.values(form.mapping));
  for (const [field, name] of Object.entries(form.mapping)) {
    const value = asText(data[name]);
    if (value !== '') fields[field] = value;
  }
  const extra: Record<string, string> = {};
  for (const [name, value] of Object.entries(data).slice(0, mostExtra)) {
    const kept = asText(value).slice(0, longestExtra);
    if (!known.has(name) && kept !== '') extra[name.slice(0, 100)] = kept;
  }
  return { fields, extra };
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value.toWellFormed().trim();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value);
}
