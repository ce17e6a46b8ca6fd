import { LIFECYCLE_STAGES } from './contact-properties.ts';
import { badRequest, contactExists } from './errors.ts';
import type { HubspotError } from './errors.ts';
import type { Source } from './events.ts';
import { allEmails } from './record.ts';
import type { CrmRecord } from './record.ts';
import { RecordStore } from './record-store.ts';

type ValueMap = ReadonlyMap<string, string>;

/** Contacts: found by each of their e-mail addresses, which nobody else may have. */
export class ContactStore extends RecordStore {
  readonly blockedEmails = new Set<string>();

  byEmail(email: string): CrmRecord | undefined {
    return this.byUnique('email', email.trim().toLowerCase());
  }

  override *claimsOf(values: ValueMap): Generator<string> {
    for (const email of allEmails(values)) yield `email=${email}`;
    yield* super.claimsOf(values);
  }

  override conflict(claim: string, owner: string): HubspotError {
    return claim.startsWith('email=') ? contactExists(owner) : super.conflict(claim, owner);
  }

  override mustBeAllowed(values: ValueMap): void {
    const blocked = allEmails(values).find((email) => this.blockedEmails.has(email));
    if (blocked !== undefined) throw badRequest(`Email address ${blocked} is on the blocklist`);
  }

  /** A lifecycle stage stays when the API asks for an earlier one; clearing it is allowed. */
  override ignoresChange(name: string, present: string, wanted: string, by: Source): boolean {
    if (name !== 'lifecyclestage' || by.type !== 'INTEGRATION' || wanted === '') return false;
    return LIFECYCLE_STAGES.indexOf(wanted) < LIFECYCLE_STAGES.indexOf(present);
  }

  override clear(): void {
    super.clear();
    this.blockedEmails.clear();
  }

  protected override effectKey(contact: CrmRecord): string {
    return contact.values.get('email') ?? `id:${contact.id}`;
  }
}
