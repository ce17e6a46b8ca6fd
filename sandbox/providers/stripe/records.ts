export type StripeStatus = 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';

/** Amounts are in the currency's smallest unit, times in seconds. */
export type StripeInvoice = {
  id: string;
  customer: string;
  number: string | null;
  status: StripeStatus;
  collectionMethod: 'send_invoice' | 'charge_automatically';
  currency: string;
  total: number;
  amountPaid: number;
  payments?: { id: string; amount: number; at: number }[];
  dueDate: number | null;
  created: number;
  finalizedAt: number | null;
  paidAt: number | null;
  voidedAt: number | null;
  uncollectibleAt: number | null;
  /** The customer as it was when the invoice was finalised: an invoice keeps that. */
  billedTo?: { name: string | null; email: string | null; phone: string | null };
  description: string | null;
  metadata: Record<string, string>;
  /** Who made it: a program through the API, or a person in the dashboard. */
  by: Author;
};

export type StripeCustomer = {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  country?: string | null;
  locales?: string[];
  created: number;
  metadata: Record<string, string>;
};

export type StripeAccount = { id: string; name: string; timezone: string };

/** An event as it is kept and sent. */
export type KeptEvent = {
  id: string;
  type: string;
  created: number;
  object: Record<string, unknown>;
  idempotencyKey: string | null;
};

export type WebhookTarget = { url: string; secret: string; automatic: boolean };

export type Author = 'api' | 'person';

export const remainingOf = ({ status, total, amountPaid }: StripeInvoice): number =>
  status === 'void' ? 0 : total - amountPaid;
