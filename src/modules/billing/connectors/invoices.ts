import type { BillingProvider } from '../contracts.js';
import type { Invoice, InvoiceCustomer } from '../domain/invoice.js';

/** A part of a listing. */
export interface InvoicePage {
  readonly invoices: readonly Invoice[];
  /** Give it back for what follows; absent: nothing does. */
  readonly next?: string;
  /** How many were left out because they could not be read. */
  readonly unreadable: number;
}

/**
 * The sales invoices of one accounting system. It only reads. All errors are coded (`billing.errors.ts`,
 * `CONNECTORS.*`); bills, and other systems' ids, are invoices that do not exist.
 */
export abstract class Invoices {
  abstract readonly provider: BillingProvider;

  /** Whether there are credentials; not whether they are accepted. */
  abstract connected(): Promise<boolean>;

  /** The IANA zone in which the issuer's days begin. At most an hour old. */
  abstract timeZone(): Promise<string>;

  /** Undefined when there is none. */
  abstract invoice(id: string, signal?: AbortSignal): Promise<Invoice | undefined>;

  /** As `invoice`, but for the addresses and the page, where these cost further calls. */
  async summary(id: string, signal?: AbortSignal): Promise<Invoice | undefined> {
    return this.invoice(id, signal);
  }

  /**
   * What is open, has an amount due, and was due before the date that `asOf` is in the issuer's zone. An invoice that is
   * paid while the pages are read may hide another one until the next time.
   */
  abstract overdue(asOf: Date, cursor: string | undefined, signal?: AbortSignal): Promise<InvoicePage>;

  /** All that is open and has an amount due, whether late or not. */
  abstract openOfCustomer(customerId: string, signal?: AbortSignal): Promise<readonly Invoice[]>;

  /** Undefined when there is none, or none any more. */
  abstract customer(customerId: string, signal?: AbortSignal): Promise<InvoiceCustomer | undefined>;

  /** Where the customer sees and pays an invoice, also where that is a further call. */
  async pageOf(invoice: Invoice, _signal?: AbortSignal): Promise<string | undefined> {
    return invoice.url;
  }

  /** Whose credit note it is; undefined where nobody tells of credit notes, or when there is none. */
  async customerOfCreditNote(_id: string, _signal?: AbortSignal): Promise<string | undefined> {
    return undefined;
  }
}
