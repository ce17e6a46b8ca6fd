import { FormInvalid } from '../intake.errors.js';

/** A form that may submit: the JSON Schema of its fields, and which of them are which lead field. */
export interface Form {
  readonly name: string;
  readonly enabled: boolean;
  readonly via: FormVia;
  /** JSON Schema (draft 2020-12) of `data`. */
  readonly fields: object;
  /** Lead field → name of the submitted field. */
  readonly mapping: Readonly<Record<string, string>>;
  readonly settings: FormSettings;
  readonly revision: number;
}

/** How a form's submissions arrive: signed, by Typeform, from a web page that cannot sign, or read from HubSpot. */
export const formVias = ['standard-webhooks', 'typeform', 'html', 'hubspot'] as const;
export type FormVia = (typeof formVias)[number];

/** What only some kinds of forms have. */
export interface FormSettings {
  /** `html`: origins (`https://www.example.com`) whose pages may post. */
  readonly origins?: readonly string[];
  /** `html`: a field that people do not see; who fills it is no person. */
  readonly honeypot?: string;
  /** `html`: submissions a minute from one address. Default 5. */
  readonly perMinute?: number;
  /** `html`: where a browser goes afterwards; one of the origins. Without it a receipt is shown. */
  readonly thanks?: string;
  /** `hubspot`: the form's GUID, whose submissions are read. */
  readonly guid?: string;
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
  via: 'standard-webhooks',
  settings: {},
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

/** @throws INTAKE.FORM_INVALID */
export function checkForm(form: Omit<Form, 'revision'>, compile: (schema: object) => unknown): void {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(form.name)) {
    throw FormInvalid({ message: 'A form is named by lower-case letters, digits and dashes.' });
  }
  const unknown = Object.keys(form.mapping).filter(
    (field) => !(leadFields as readonly string[]).includes(field),
  );
  if (unknown.length > 0) {
    throw FormInvalid({
      message: `The mapping names no lead fields: ${unknown.join(', ')}. Known: ${leadFields.join(', ')}.`,
    });
  }
  if ((form.fields as { type?: unknown }).type !== 'object') {
    throw FormInvalid({ message: 'The schema of the fields must have "type": "object".' });
  }
  checkSettings(form);
  try {
    compile(form.fields);
  } catch (error) {
    throw FormInvalid({ message: `The schema does not compile: ${(error as Error).message}` });
  }
}

function checkSettings({ via, settings: { origins = [], thanks, guid } }: Omit<Form, 'revision'>): void {
  if (via === 'html' && origins.length === 0) {
    throw FormInvalid({ message: 'A form of kind "html" names the origins of its pages.' });
  }
  const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;
  const wrong = origins.filter((origin) => !isOrigin(origin));
  if (wrong.length > 0) throw FormInvalid({ message: `These are no origins: ${wrong.join(', ')}.` });
  if (thanks !== undefined && !(URL.canParse(thanks) && origins.includes(new URL(thanks).origin))) {
    throw FormInvalid({ message: 'The page of thanks must be at one of the origins.' });
  }
  if (via === 'hubspot' && guid === undefined) {
    throw FormInvalid({ message: 'A form of kind "hubspot" names the form by its guid.' });
  }
}

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
