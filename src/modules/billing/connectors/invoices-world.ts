import type { Invoices } from './invoices.js';

/** An adapter and the accounting system behind it, with the means to act as a person who uses that system. */
export interface InvoicesWorld {
  readonly invoices: Invoices;
  /** The adapter, after the organisation has moved to another zone (IANA). */
  inZone(timeZone: string): Promise<Invoices>;
  /** A person enters a customer. @returns its id */
  customer(given: NewCustomer): Promise<string>;
  /** A person enters an invoice; it is open unless a draft is wanted. @returns its id */
  issue(given: NewInvoice): Promise<string>;
  /** Money comes in: all that is due, or a part (in the smallest unit); today, or on a day in the organisation's zone. */
  pay(id: string, minor?: number, on?: string): Promise<void>;
  cancel(id: string): Promise<void>;
  /** An id as the system forms them, of nothing. */
  readonly unknownId: string;
  readonly unknownCustomerId: string;
}

export interface NewCustomer {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  /** ISO 3166-1, two letters. */
  readonly country?: string;
}

export interface NewInvoice {
  readonly customer: string;
  /** In the smallest unit of ISO 4217. */
  readonly minor: number;
  /** ISO 4217; GBP when absent. */
  readonly currency?: string;
  /** A calendar date in the organisation's zone. */
  readonly dueDate: string;
  readonly draft?: boolean;
}
