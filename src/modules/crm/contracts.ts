import { IsIn, IsInt, IsISO8601, IsObject, IsString, IsUUID, MaxLength } from 'class-validator';
import { Command, CommandType, Event } from '../../shared/kernel/message.js';

export * from './contracts/activities.js';
export * from './contracts/deals.js';
export * from './contracts/find-contact.js';
export * from './contracts/find-owner.js';
export * from './contracts/qualification.js';

/** A value for the CRM, and how sure the system is of it. Has the shape of enrichment's lead field. */
export interface ContactField {
  value: string;
  source: string;
  confidence: number;
}

export interface ContactUpsertResult {
  contactId: string;
  action: 'created' | 'updated' | 'unchanged';
  /** Properties that were wanted and not written, with the reason: `changed-by-person`, `low-confidence`, … */
  kept: Record<string, string>;
}

/** A field in the spelling that systems understand (`normalized.phone` is E.164) where enrichment found one. */
export function canonicalField(
  fields: Readonly<Record<string, ContactField>>,
  name: string,
): ContactField | undefined {
  return fields[`normalized.${name}`] ?? fields[name];
}

/** The person a contact is about: the e-mail address, else the phone number, else the lead itself. */
export function contactIdentity(command: Pick<UpsertContact, 'fields' | 'leadId'>): string {
  const email = canonicalField(command.fields, 'email')?.value;
  if (email) return `email:${email.trim().toLowerCase()}`;
  const phone = canonicalField(command.fields, 'phone')?.value;
  return phone ? `phone:${phone}` : `lead:${command.leadId}`;
}

/** Brings a lead into the CRM as one contact. */
@CommandType<UpsertContact>('crm.upsert-contact.v1', {
  effect: { connector: 'hubspot', class: 'lookup', target: contactIdentity },
  orderedBy: contactIdentity,
})
export class UpsertContact extends Command<ContactUpsertResult> {
  @IsUUID()
  leadId: string;

  @IsISO8601()
  submittedAt: string;

  /** By lead field, as enrichment answers. */
  @IsObject()
  fields: Record<string, ContactField>;

  @IsInt()
  score: number;
}

/** A contact was created, updated, or found to need nothing. */
@Event('crm.contact-upserted.v1')
export class ContactUpserted {
  @IsUUID()
  leadId: string;

  @IsString()
  @MaxLength(64)
  contactId: string;

  @IsIn(['created', 'updated', 'unchanged'])
  action: 'created' | 'updated' | 'unchanged';

  @IsInt()
  policyVersion: number;

  constructor(init: ContactUpserted) {
    Object.assign(this, init);
  }
}
