import { IsIn, IsString, MaxLength } from 'class-validator';
import { Command, CommandType } from '../../../shared/kernel/message.js';

export const billingProviders = ['xero', 'stripe'] as const;
export type BillingProvider = (typeof billingProviders)[number];

/** `disputed`: the customer's bank took the money back, or means to. Neither Xero nor Stripe says so of an invoice. */
export const invoiceStatuses = ['draft', 'open', 'paid', 'void', 'uncollectible', 'disputed'] as const;
export type InvoiceStatus = (typeof invoiceStatuses)[number];

/** What was found when an invoice was read. All but the first member is absent when there is none. */
export type CheckedInvoice =
  | { readonly found: false }
  | {
      readonly found: true;
      readonly provider: BillingProvider;
      readonly account: string;
      readonly invoiceId: string;
      readonly number: string;
      readonly status: InvoiceStatus;
      /** ISO 4217. */
      readonly currency: string;
      /** How many decimals the currency has: JPY 0, KWD 3. */
      readonly exponent: number;
      /** In units of 10^-exponent. */
      readonly totalMinor: number;
      readonly dueMinor: number;
      /** `2026-11-20`; absent where the invoice is collected at once. */
      readonly dueDate?: string;
      /** Open, with an amount due, and its due date before today in the zone of who issued it. */
      readonly overdue: boolean;
      /** When a part of it was paid last. */
      readonly lastPaymentOn?: string;
      readonly issuedAt: string;
      readonly changedAt: string;
      /** Where the customer sees and pays it. */
      readonly url?: string;
      readonly customer: {
        readonly id: string;
        readonly name: string;
        readonly emails: readonly string[];
        readonly phone?: string;
        /** ISO 3166-1, two letters. */
        readonly country?: string;
        /** BCP 47. */
        readonly language?: string;
      };
    };

/** Reads an invoice anew. Changes nothing anywhere. */
@CommandType<CheckInvoice>('billing.check-invoice.v1')
export class CheckInvoice extends Command<CheckedInvoice> {
  @IsIn(billingProviders)
  provider: BillingProvider;

  @IsString()
  @MaxLength(100)
  invoiceId: string;
}
