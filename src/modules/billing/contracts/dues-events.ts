import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { Event } from '../../../shared/kernel/message.js';
import { billingProviders, type BillingProvider } from './invoices.js';

/** An invoice is open past its due date: stated once for each due date. What is due now is to be read again. */
@Event('billing.invoice-overdue.v1')
export class InvoiceOverdue {
  @IsIn(billingProviders)
  provider: BillingProvider;

  /** Xero's tenant, or Stripe's account (`self` for the own one). */
  @IsString()
  @MaxLength(100)
  account: string;

  @IsString()
  @MaxLength(100)
  invoiceId: string;

  @IsString()
  @MaxLength(100)
  customerId: string;

  /** A calendar date in the zone of who issued it: `2026-11-20`. */
  @IsString()
  @MaxLength(10)
  dueDate: string;

  constructor(init: InvoiceOverdue) {
    Object.assign(this, init);
  }
}

export const duesReasons = ['invoice-changed', 'credit-note-changed'] as const;
export type DuesReason = (typeof duesReasons)[number];

/**
 * What a customer owes may be another amount now: a reason to read all of it again. The accounting system told of it, at
 * times more than once, in no order, and of changes that leave everything as it was.
 */
@Event('billing.dues-changed.v1')
export class DuesChanged {
  @IsIn(billingProviders)
  provider: BillingProvider;

  @IsString()
  @MaxLength(100)
  account: string;

  @IsString()
  @MaxLength(100)
  customerId: string;

  /** The one that changed; absent for a credit note. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  invoiceId?: string;

  @IsIn(duesReasons)
  reason: DuesReason;

  constructor(init: DuesChanged) {
    Object.assign(this, init);
  }
}
