import type { BillingProvider, InvoiceStatus } from '../contracts.js';

export interface InvoiceCustomer {
  /** The provider's id. */
  readonly id: string;
  readonly name: string;
  /** Whom invoices are sent to, the main address first. A page of invoices may leave them out. */
  readonly emails: readonly string[];
  readonly phone?: string;
  /** ISO 3166-1, two letters. A page of invoices leaves it out. */
  readonly country?: string;
  /** As the provider has it, BCP 47: `de`, `pt-BR`. A page of invoices leaves it out. */
  readonly language?: string;
}

/** A sales invoice, whatever the accounting system. Amounts are integers of the currency's smallest unit. */
export interface Invoice {
  readonly provider: BillingProvider;
  /** Xero's tenant; `self` for Stripe's own account. */
  readonly account: string;
  readonly id: string;
  readonly number: string;
  readonly customer: InvoiceCustomer;
  /** ISO 4217. */
  readonly currency: string;
  /** Decimals of the currency: JPY 0, KWD 3. */
  readonly exponent: number;
  readonly totalMinor: number;
  readonly dueMinor: number;
  readonly status: InvoiceStatus;
  /** A calendar date in the zone of who issued it; none where the money is collected at once. */
  readonly dueDate?: string;
  /** The day of the last payment of a part, in the zone of who issued it. */
  readonly lastPaymentOn?: string;
  readonly issuedAt: Date;
  /** The last change that the provider tells of. */
  readonly changedAt: Date;
  /** Where the customer sees and pays it. */
  readonly url?: string;
}

/** Whether something of it is to be paid. */
export function isOpen({ status, dueMinor }: Invoice): boolean {
  return status === 'open' && dueMinor > 0;
}

/** @param today the calendar date in the zone of who issued it */
export function isOverdue(invoice: Invoice, today: string): boolean {
  return isOpen(invoice) && invoice.dueDate !== undefined && invoice.dueDate < today;
}
