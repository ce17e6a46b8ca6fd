import type { CrmContacts } from './crm-contacts.js';

/** An adapter and the CRM behind it, with the means to act as a person who uses that CRM. */
export interface CrmWorld {
  readonly contacts: CrmContacts;
  /** A person enters a contact. Values by the CRM's property names. @returns its id */
  enter(values: Record<string, string>): Promise<string>;
  /** A person changes a contact. */
  change(id: string, values: Record<string, string>): Promise<void>;
  /** The contact is deleted. */
  remove(id: string): Promise<void>;
  /** What the CRM holds; undefined when there is no such contact. */
  stored(id: string): Promise<Record<string, string> | undefined>;
  /** How many contacts there are. */
  count(): Promise<number>;
  /** Resolves when lookups that lag behind writes have caught up. */
  settle(): Promise<void>;
}

/** The CRM's own names for what the cases write. */
export interface CrmNames {
  readonly firstName: string;
  readonly company: string;
  readonly phone: string;
  readonly stage: string;
  readonly stages: { readonly lead: string; readonly customer: string; readonly earlier: string };
  readonly secondaryEmails: string;
}
