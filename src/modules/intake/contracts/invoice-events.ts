import { IsIn, IsISO8601, IsOptional, IsString, MaxLength } from 'class-validator';
import { Event } from '../../../shared/kernel/message.js';

export const invoiceProviders = ['xero', 'stripe'] as const;
export type InvoiceProvider = (typeof invoiceProviders)[number];

/** Something about an invoice changed in the accounting system: a reason to read it again. */
@Event('intake.invoice-changed.v1')
export class InvoiceChanged {
  @IsIn(invoiceProviders)
  provider: InvoiceProvider;

  /** Xero's tenant, or Stripe's account (`self` for the own one). */
  @IsString()
  @MaxLength(100)
  account: string;

  @IsString()
  @MaxLength(100)
  invoiceId: string;

  @IsOptional()
  @IsString()
  @MaxLength(100)
  customerId?: string;

  /** What the provider says happened, in its words: `overdue`, `paid`, `voided`, `update`, … Not to be relied on. */
  @IsString()
  @MaxLength(100)
  hint: string;

  @IsISO8601()
  at: string;

  constructor(init: InvoiceChanged) {
    Object.assign(this, init);
  }
}

/** Something about a credit note changed: what is due of its invoices is to be read again. */
@Event('intake.credit-note-changed.v1')
export class CreditNoteChanged {
  @IsIn(invoiceProviders)
  provider: InvoiceProvider;

  @IsString()
  @MaxLength(100)
  account: string;

  @IsString()
  @MaxLength(100)
  creditNoteId: string;

  @IsString()
  @MaxLength(100)
  hint: string;

  @IsISO8601()
  at: string;

  constructor(init: CreditNoteChanged) {
    Object.assign(this, init);
  }
}
