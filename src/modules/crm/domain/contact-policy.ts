/**
 * When a property of an existing contact may be written. `fill-empty`: when it has no value.
 * `unless-person-changed-later`: unless a person changed it after the lead was submitted. `always`: in any case.
 */
export type WriteRule = 'fill-empty' | 'unless-person-changed-later' | 'always';

/** Where a property's value comes from. */
export interface PropertyMapping {
  /** The lead field. */
  from: string;
  write: WriteRule;
  /** Values that the system is less sure of (0 to 1) are kept back. */
  minConfidence?: number;
}

/** The policy `crm-contact`: how a lead becomes a contact. */
export interface ContactPolicy {
  /** By CRM property. The e-mail address is not among them: it is what the contact is found by. */
  properties: Record<string, PropertyMapping>;
  /** The stage of a new contact, and the stages in their order; a contact is never moved back. */
  lifecycle?: { property: string; initial: string; order: string[] };
  /** The property that takes the lead's score; the portal must have it. */
  scoreProperty?: string;
}
