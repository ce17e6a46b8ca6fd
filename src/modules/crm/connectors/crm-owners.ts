/** A user of the CRM to whom records can belong. */
export interface CrmOwner {
  /** What a record names. */
  readonly id: string;
  readonly email?: string;
  readonly name?: string;
  /** False for one who was deactivated: what they own is nobody's work. */
  readonly isActive: boolean;
}

/** Who owns records. Answers are up to a minute old. All errors are coded (`crm.errors.ts`). */
export abstract class CrmOwners {
  /** Undefined when there never was such an owner. */
  abstract byId(id: string): Promise<CrmOwner | undefined>;

  /** Whatever the case of its letters; an active owner rather than a deactivated one. */
  abstract byEmail(email: string): Promise<CrmOwner | undefined>;
}
