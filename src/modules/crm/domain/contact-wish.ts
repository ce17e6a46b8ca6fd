import { canonicalField, type ContactField, type UpsertContact } from '../contracts.js';
import { IdentityMissing } from '../crm.errors.js';
import type { ContactPolicy, PropertyMapping, WriteRule } from './contact-policy.js';

export interface WantedProperty {
  readonly value: string;
  readonly write: WriteRule;
}

/** What a lead wants of the CRM, before anything is known of the contact. */
export interface ContactWish {
  /** Lower case. */
  readonly email?: string;
  /** E.164; how the contact is found where there is no e-mail address. */
  readonly phone?: string;
  /** The contact that an earlier lead of this person became, by our own record. */
  readonly knownId?: string;
  /** ISO 8601: what a person changed after this is theirs. */
  readonly submittedAt: string;
  readonly properties: Readonly<Record<string, WantedProperty>>;
  readonly lifecycle?: ContactPolicy['lifecycle'];
  /** Properties that are not wanted after all, with the reason. */
  readonly kept: Readonly<Record<string, string>>;
}

/** The longest value that is sent; HubSpot takes 65,536 characters. */
const maxLength = 5_000;

/** What our own record says of the person: the contact they became, and when its newest lead was submitted. */
export interface Known {
  readonly providerId: string;
  readonly submittedAt: Date;
}

/**
 * The wish in the light of earlier leads. An older lead that comes late only fills what is empty. An e-mail address is
 * looked up in the CRM itself; a phone number's search lags, our own record does not.
 */
export function knowing(wish: ContactWish, known: Known | undefined): ContactWish {
  if (!known) return wish;
  const isLate = known.submittedAt.getTime() > Date.parse(wish.submittedAt);
  const late = Object.entries(wish.properties).map(([name, { value }]) => [
    name,
    { value, write: 'fill-empty' },
  ]);
  return {
    ...wish,
    ...(!wish.email && { knownId: known.providerId }),
    ...(isLate && { properties: Object.fromEntries(late) as ContactWish['properties'] }),
  };
}

/** What a wish decides, without what the lead says: the rule of each property that is to be written, and why others are not. */
export function outlineOf({ properties, kept }: ContactWish): object {
  const writes = Object.entries(properties).map(([name, { write }]) => [name, write]);
  return { properties: Object.fromEntries(writes) as object, kept };
}

/** @throws CRM.IDENTITY_MISSING */
export function wishOf(command: Omit<UpsertContact, 'resultType'>, policy: ContactPolicy): ContactWish {
  const email = clean(canonicalField(command.fields, 'email')?.value).toLowerCase() || undefined;
  const phone = clean(canonicalField(command.fields, 'phone')?.value) || undefined;
  if (!email && !phone) throw IdentityMissing({ details: { missing: ['email', 'phone'] } });
  const properties: Record<string, WantedProperty> = {};
  const kept: Record<string, string> = {};
  for (const [name, mapping] of Object.entries(policy.properties)) {
    const field = canonicalField(command.fields, mapping.from);
    const value = clean(field?.value);
    if (!field || !value) continue;
    if (isSure(field, mapping)) properties[name] = { value, write: mapping.write };
    else kept[name] = 'low-confidence';
  }
  if (policy.scoreProperty)
    properties[policy.scoreProperty] = { value: String(command.score), write: 'always' };
  return { email, phone, submittedAt: command.submittedAt, properties, lifecycle: policy.lifecycle, kept };
}

function isSure(field: ContactField, { minConfidence = 0 }: PropertyMapping): boolean {
  return field.confidence >= minConfidence;
}

/** Text as a CRM can show it: well-formed, without control characters other than line breaks and tabs, bounded. */
function clean(value: string | undefined): string {
  if (typeof value !== 'string') return '';
  const visible = value
    .toWellFormed()
    .replace(/[^\P{Cc}\n\t]/gu, ' ')
    .trim();
  return visible.length <= maxLength ? visible : visible.slice(0, maxLength).toWellFormed();
}
