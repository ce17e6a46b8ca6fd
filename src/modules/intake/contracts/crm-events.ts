import { IsBoolean, IsIn, IsISO8601, IsOptional, IsString, MaxLength } from 'class-validator';
import { Event } from '../../../shared/kernel/message.js';

export const crmProviders = ['hubspot'] as const;
export type CrmProvider = (typeof crmProviders)[number];

/** What every change in the CRM has. The event is a hint: the record itself is to be read. */
abstract class CrmChange {
  @IsIn(crmProviders)
  provider: CrmProvider;

  /** The portal. */
  @IsString()
  @MaxLength(64)
  account: string;

  /** When it changed, by the provider's clock. */
  @IsISO8601()
  at: string;

  /** What changed it, in the provider's words: `CRM_UI`, `INTEGRATION`, … */
  @IsString()
  @MaxLength(100)
  changedBy: string;

  /** Whether the app that tells of it has changed it itself: then it was this system. */
  @IsOptional()
  @IsBoolean()
  isOwn?: boolean;
}

/** A property of a deal changed. */
@Event('intake.deal-changed.v1')
export class DealChanged extends CrmChange {
  @IsString()
  @MaxLength(64)
  dealId: string;

  @IsString()
  @MaxLength(200)
  property: string;

  /** The new value; `REDACTED` where the app may not see it. */
  @IsString()
  value: string;

  constructor(init: DealChanged) {
    super();
    Object.assign(this, init);
  }
}

/** A deal was deleted in the CRM; it may be restored. */
@Event('intake.deal-deleted.v1')
export class DealDeleted extends CrmChange {
  @IsString()
  @MaxLength(64)
  dealId: string;

  constructor(init: DealDeleted) {
    super();
    Object.assign(this, init);
  }
}

/** A property of a contact changed. */
@Event('intake.crm-contact-changed.v1')
export class CrmContactChanged extends CrmChange {
  @IsString()
  @MaxLength(64)
  contactId: string;

  @IsString()
  @MaxLength(200)
  property: string;

  @IsString()
  value: string;

  constructor(init: CrmContactChanged) {
    super();
    Object.assign(this, init);
  }
}

/** A contact came to be in the CRM. */
@Event('intake.crm-contact-created.v1')
export class CrmContactCreated extends CrmChange {
  @IsString()
  @MaxLength(64)
  contactId: string;

  constructor(init: CrmContactCreated) {
    super();
    Object.assign(this, init);
  }
}

/** A contact was deleted in the CRM; it may be restored. */
@Event('intake.crm-contact-deleted.v1')
export class CrmContactDeleted extends CrmChange {
  @IsString()
  @MaxLength(64)
  contactId: string;

  constructor(init: CrmContactDeleted) {
    super();
    Object.assign(this, init);
  }
}

/** A contact was deleted for privacy: its person asks to be erased everywhere. */
@Event('intake.crm-contact-privacy-deleted.v1')
export class CrmContactPrivacyDeleted extends CrmChange {
  @IsString()
  @MaxLength(64)
  contactId: string;

  constructor(init: CrmContactPrivacyDeleted) {
    super();
    Object.assign(this, init);
  }
}
