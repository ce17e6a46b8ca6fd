import type { ContactUpsertResult } from '../contracts.js';
import type { ContactPlan } from '../domain/contact-plan.js';
import type { ContactWish } from '../domain/contact-wish.js';

/** What was done, and to which contact. */
export type ContactWritten = ContactUpsertResult;

/**
 * A CRM's contacts. Requests that are made at the same time may share calls; each has its own outcome, and an error of
 * one is no other's. All errors are coded (`crm.errors.ts`, `CONNECTORS.*`).
 */
export abstract class CrmContacts {
  /**
   * The contact of the first of the e-mail addresses that has one; secondary addresses count. Does not lag.
   * @returns its id
   */
  abstract find(emails: readonly string[], signal?: AbortSignal): Promise<string | undefined>;

  /** Finds the contact and decides what the wish comes to. Changes nothing. */
  abstract look(wish: ContactWish, signal?: AbortSignal): Promise<ContactPlan>;

  /**
   * Carries a plan out. When the contact was created or has gone since the look, it looks again: the answer tells
   * what was done at last.
   */
  abstract write(plan: ContactPlan, signal?: AbortSignal): Promise<ContactWritten>;

  /** One call that reads: whether the provider can be reached and accepts the credentials. */
  abstract check(signal?: AbortSignal): Promise<void>;
}
