import type { JsonObject } from '../../core/json.ts';
import { remainingOf } from './records.ts';
import type { KeptEvent, StripeAccount, StripeCustomer, StripeInvoice } from './records.ts';

export const API_VERSION = '2026-10-28.endive';

/** An invoice of the version that the client pins. What a simulated one never has is null, empty or zero. */
export function presentInvoice(invoice: StripeInvoice, customer: StripeCustomer): JsonObject {
  const billedTo = invoice.billedTo ?? customer;
  return {
    id: invoice.id,
    object: 'invoice',
    ...unusedMembers(),
    ...amountsOf(invoice),
    attempt_count: invoice.status === 'paid' ? 1 : 0,
    attempted: invoice.status === 'paid',
    auto_advance: false,
    billing_reason: 'manual',
    collection_method: invoice.collectionMethod,
    created: invoice.created,
    currency: invoice.currency,
    customer: customer.id,
    customer_email: billedTo.email,
    customer_name: billedTo.name,
    customer_phone: billedTo.phone,
    description: invoice.description,
    due_date: invoice.dueDate,
    effective_at: invoice.finalizedAt,
    hosted_invoice_url: hostedUrl(invoice),
    invoice_pdf: invoice.finalizedAt === null ? null : `${hostedUrl(invoice)}/pdf`,
    lines: { object: 'list', data: [], has_more: false, url: `/v1/invoices/${invoice.id}/lines` },
    livemode: false,
    metadata: invoice.metadata,
    number: invoice.number,
    period_end: invoice.created,
    period_start: invoice.created,
    status: invoice.status,
    status_transitions: {
      finalized_at: invoice.finalizedAt,
      marked_uncollectible_at: invoice.uncollectibleAt,
      paid_at: invoice.paidAt,
      voided_at: invoice.voidedAt,
    },
    webhooks_delivered_at: invoice.created,
  };
}

function amountsOf(invoice: StripeInvoice): JsonObject {
  return {
    amount_due: invoice.total,
    amount_overpaid: 0,
    amount_paid: invoice.amountPaid,
    amount_remaining: remainingOf(invoice),
    amount_shipping: 0,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    starting_balance: 0,
    subtotal: invoice.total,
    subtotal_excluding_tax: invoice.total,
    total: invoice.total,
    total_discount_amounts: [],
    total_excluding_tax: invoice.total,
    total_pretax_credit_amounts: null,
    total_taxes: null,
  };
}

function unusedMembers(): JsonObject {
  const nothing = [
    ...['account_name', 'account_tax_ids', 'application', 'automatically_finalizes_at', 'custom_fields'],
    ...[
      'customer_account',
      'customer_address',
      'customer_shipping',
      'default_payment_method',
      'default_source',
    ],
    ...['ending_balance', 'footer', 'from_invoice', 'last_finalization_error', 'latest_revision'],
    ...['next_payment_attempt', 'on_behalf_of', 'parent', 'receipt_number', 'rendering', 'shipping_cost'],
    ...['shipping_details', 'statement_descriptor', 'test_clock'],
  ];
  return {
    ...Object.fromEntries(nothing.map((name) => [name, null])),
    account_country: 'GB',
    automatic_tax: { enabled: false, liability: null, status: null, disabled_reason: null, provider: null },
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
    default_tax_rates: [],
    discounts: [],
    issuer: { type: 'self' },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
  };
}

const hostedUrl = ({ id, finalizedAt }: StripeInvoice): string | null =>
  finalizedAt === null ? null : `https://invoice.stripe.com/i/sandbox/${id}`;

export function presentCustomer(customer: StripeCustomer): JsonObject {
  return {
    id: customer.id,
    object: 'customer',
    address: addressOf(customer),
    balance: 0,
    created: customer.created,
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: customer.email,
    invoice_prefix: 'SBX',
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: customer.metadata,
    name: customer.name,
    next_invoice_sequence: 1,
    phone: customer.phone,
    preferred_locales: customer.locales ?? [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
}

const addressOf = ({ country }: StripeCustomer): JsonObject | null =>
  country ? { city: null, country, line1: null, line2: null, postal_code: null, state: null } : null;

/** What was paid of an invoice, as `expand[]=payments` shows it. */
export function presentPayments({ id: invoice, currency, payments = [] }: StripeInvoice): JsonObject {
  const data = payments.map(({ id, amount, at }) => ({
    id,
    object: 'invoice_payment',
    amount_paid: amount,
    amount_requested: amount,
    created: at,
    currency,
    invoice,
    is_default: false,
    livemode: false,
    payment: { type: 'payment_record', payment_record: `preq_${id}` },
    status: 'paid',
    status_transitions: { canceled_at: null, paid_at: at },
  }));
  return { object: 'list', data, has_more: false, url: `/v1/invoice_payments?invoice=${invoice}` };
}

export function presentAccount({ id, name, timezone }: StripeAccount): JsonObject {
  return {
    id,
    object: 'account',
    business_profile: { name },
    country: 'GB',
    default_currency: 'gbp',
    charges_enabled: true,
    payouts_enabled: true,
    details_submitted: true,
    type: 'standard',
    settings: { dashboard: { display_name: name, timezone } },
  };
}

export function presentEvent(event: KeptEvent): JsonObject {
  return {
    id: event.id,
    object: 'event',
    api_version: API_VERSION,
    created: event.created,
    data: { object: event.object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: event.idempotencyKey },
    type: event.type,
  };
}
