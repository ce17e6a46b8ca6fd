/** A contact of the organisation, in Xero's own words where it has one. */
export type XeroContact = {
  id: string;
  name: string;
  firstName: string;
  lastName: string;
  email: string;
  phone: string;
  /** As somebody entered it. */
  country?: string;
  /** Further people, with whether they are written to. */
  persons: { firstName: string; lastName: string; email: string; includeInEmails: boolean }[];
  updatedAt: number;
};

export type LineItem = {
  id: string;
  description: string;
  quantity: number;
  unitAmount: number;
  taxAmount: number;
  accountCode: string;
};

export type Payment = { id: string; date: string; amount: number };

export type InvoiceType = 'ACCREC' | 'ACCPAY';
export type InvoiceStatus = 'DRAFT' | 'SUBMITTED' | 'AUTHORISED' | 'PAID' | 'VOIDED' | 'DELETED';

/** Amounts are decimals as Xero has them; dates are `2026-11-20`, times milliseconds. */
export type XeroInvoice = {
  id: string;
  type: InvoiceType;
  number: string;
  reference: string;
  contactId: string;
  date: string;
  dueDate: string;
  status: InvoiceStatus;
  currency: string;
  lineItems: LineItem[];
  subTotal: number;
  totalTax: number;
  total: number;
  payments: Payment[];
  /** What credit notes took off. */
  credited: number;
  fullyPaidOn?: string;
  sentToContact: boolean;
  updatedAt: number;
};

export type XeroCreditNote = {
  id: string;
  number: string;
  contactId: string;
  invoiceId: string;
  date: string;
  total: number;
  currency: string;
  updatedAt: number;
};

export type Organisation = {
  tenantId: string;
  connectionId: string;
  name: string;
  /** As Xero names zones: `GMTSTANDARDTIME`. */
  timezone: string;
  currency: string;
};

/** Where and with which key webhooks are sent; `automatic`: whenever something changes. */
export type WebhookTarget = { url: string; key: string; automatic: boolean };

/** Who made a change: a program through the API, or a person in Xero's own pages. */
export type Author = 'api' | 'person';

export const roundTo = (value: number, places: number): number => Number(value.toFixed(places));

export const paidOf = (invoice: XeroInvoice): number =>
  roundTo(
    invoice.payments.reduce((sum, { amount }) => sum + amount, 0),
    4,
  );

export function dueOf(invoice: XeroInvoice): number {
  if (invoice.status === 'VOIDED' || invoice.status === 'DELETED') return 0;
  return roundTo(invoice.total - paidOf(invoice) - invoice.credited, 4);
}
