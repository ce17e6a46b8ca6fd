import { asObject, asString, isObject } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { newId, nowSeconds } from './account.ts';
import type { Account } from './account.ts';
import { invalidRequest, missing } from './errors.ts';
import { textListOf, textsOf, wholeOf } from './form.ts';
import { presentCustomer, presentInvoice, presentPayments } from './present.ts';
import { remainingOf } from './records.ts';
import type { Author, KeptEvent, StripeCustomer, StripeInvoice } from './records.ts';

/** On whose behalf an invoice changes, and under which key. */
export type Cause = { by: Author; idempotencyKey?: string };

export function findInvoice({ store }: Account, id: string): StripeInvoice {
  const invoice = store.invoices.get(id);
  if (!invoice) throw missing('invoice', id);
  return invoice;
}

export function shownInvoice({ store }: Account, invoice: StripeInvoice, expand: string[] = []): JsonObject {
  const customer = store.customers.get(invoice.customer);
  if (!customer) throw new Error(`invoice ${invoice.id} has no customer`);
  return {
    ...presentInvoice(invoice, customer),
    ...(expand.includes('customer') && { customer: presentCustomer(customer) }),
    ...(expand.includes('payments') && { payments: presentPayments(invoice) }),
  };
}

/** A draft. Its amount is given here, where the real API has invoice items. */
export function createInvoice(account: Account, body: JsonObject, cause: Cause): StripeInvoice {
  const customer = asString(body['customer']) ?? '';
  if (!account.store.customers.has(customer)) throw missing('customer', customer);
  const collectionMethod =
    body['collection_method'] === 'charge_automatically' ? 'charge_automatically' : 'send_invoice';
  const invoice: StripeInvoice = {
    id: newId('in'),
    customer,
    number: asString(body['number']) ?? null,
    status: 'draft',
    collectionMethod,
    currency: (asString(body['currency']) ?? 'gbp').toLowerCase(),
    total: wholeOf(body['amount']) ?? 0,
    amountPaid: 0,
    dueDate: dueDateOf(body, collectionMethod),
    created: wholeOf(body['created']) ?? nowSeconds(),
    ...{ finalizedAt: null, paidAt: null, voidedAt: null, uncollectibleAt: null },
    description: asString(body['description']) ?? null,
    metadata: textsOf(body['metadata']),
    by: cause.by,
  };
  return put(account, invoice, 'invoice.created', cause, true);
}

function dueDateOf(body: JsonObject, method: string): number | null {
  const days = wholeOf(body['days_until_due']);
  const dueDate =
    wholeOf(body['due_date']) ?? (days === undefined ? undefined : nowSeconds() + days * 86_400);
  if (method === 'send_invoice' && dueDate === undefined)
    throw invalidRequest(
      "If invoice collection_method is 'send_invoice', you must specify due_date or days_until_due.",
    );
  return method === 'send_invoice' ? (dueDate ?? null) : null;
}

export function updateInvoice(
  account: Account,
  invoice: StripeInvoice,
  body: JsonObject,
  cause: Cause,
): StripeInvoice {
  const changed: StripeInvoice = {
    ...invoice,
    description: asString(body['description']) ?? invoice.description,
    dueDate: wholeOf(body['due_date']) ?? invoice.dueDate,
    metadata: isObject(body['metadata'])
      ? { ...invoice.metadata, ...textsOf(body['metadata']) }
      : invoice.metadata,
  };
  return put(account, changed, 'invoice.updated', cause);
}

export function finalizeInvoice(account: Account, invoice: StripeInvoice, cause: Cause): StripeInvoice {
  if (invoice.status !== 'draft') throw notEditable('already finalized');
  const number = invoice.number ?? `SBX-${String(account.store.nextNumber).padStart(4, '0')}`;
  const customer = account.store.customers.get(invoice.customer);
  const { name = null, email = null, phone = null } = customer ?? {};
  const open: StripeInvoice = {
    ...invoice,
    ...{ number, status: 'open', finalizedAt: nowSeconds(), billedTo: { name, email, phone } },
  };
  const finalized = put(account, open, 'invoice.finalized', cause);
  if (open.collectionMethod === 'send_invoice') state(account, finalized, 'invoice.sent', cause);
  return finalized;
}

/** Pays what remains or, when `amount` is given, a part. Out of band: the money came by another way. */
export function payInvoice(
  account: Account,
  invoice: StripeInvoice,
  body: JsonObject,
  cause: Cause,
): StripeInvoice {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') throw notEditable(invoice.status);
  const remaining = remainingOf(invoice);
  const amount = wholeOf(body['amount']) ?? remaining;
  if (amount < 1 || amount > remaining)
    throw invalidRequest('The amount is not what remains', { param: 'amount' });
  // When money came is for people to say who enter it.
  const at = (cause.by === 'person' && wholeOf(body['paid_at'])) || nowSeconds();
  const payments = [...(invoice.payments ?? []), { id: newId('inpay'), amount, at }];
  const amountPaid = invoice.amountPaid + amount;
  if (amount < remaining) return put(account, { ...invoice, amountPaid, payments }, 'invoice.updated', cause);
  const paid: StripeInvoice = { ...invoice, amountPaid, payments, status: 'paid', paidAt: at };
  const stored = put(account, paid, 'invoice.paid', cause);
  const isOutOfBand = String(body['paid_out_of_band']) === 'true';
  if (!isOutOfBand) state(account, stored, 'invoice.payment_succeeded', cause);
  return stored;
}

export function voidInvoice(account: Account, invoice: StripeInvoice, cause: Cause): StripeInvoice {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') throw notEditable(invoice.status);
  return put(account, { ...invoice, status: 'void', voidedAt: nowSeconds() }, 'invoice.voided', cause);
}

export function markUncollectible(account: Account, invoice: StripeInvoice, cause: Cause): StripeInvoice {
  if (invoice.status !== 'open') throw notEditable(invoice.status);
  const changed: StripeInvoice = { ...invoice, status: 'uncollectible', uncollectibleAt: nowSeconds() };
  return put(account, changed, 'invoice.marked_uncollectible', cause);
}

/** States an event about an invoice that did not change: `invoice.overdue`, `invoice.payment_failed`. */
export function state(account: Account, invoice: StripeInvoice, type: string, cause: Cause): KeptEvent {
  const event: KeptEvent = {
    id: newId('evt'),
    type,
    created: nowSeconds(),
    object: shownInvoice(account, invoice),
    idempotencyKey: cause.idempotencyKey ?? null,
  };
  account.commit({ type: 'event-kept', event });
  account.webhooks.about(event);
  return event;
}

export function createCustomer(account: Account, body: JsonObject, cause: Cause): StripeCustomer {
  const customer: StripeCustomer = {
    id: newId('cus'),
    name: asString(body['name']) ?? null,
    email: asString(body['email']) ?? null,
    phone: asString(body['phone']) ?? null,
    country: asString(asObject(body['address'])['country']) ?? null,
    locales: textListOf(body['preferred_locales']),
    created: nowSeconds(),
    metadata: textsOf(body['metadata']),
  };
  account.commit({ type: 'customer-put', customer, isNew: true, by: cause.by });
  return customer;
}

export function changeCustomer(account: Account, id: string, body: JsonObject, cause: Cause): StripeCustomer {
  const before = account.store.customers.get(id);
  if (!before) throw missing('customer', id);
  const customer: StripeCustomer = {
    ...before,
    name: asString(body['name']) ?? before.name,
    email: asString(body['email']) ?? before.email,
    phone: asString(body['phone']) ?? before.phone,
    country: asString(asObject(body['address'])['country']) ?? before.country,
    locales: body['preferred_locales'] === undefined ? before.locales : textListOf(body['preferred_locales']),
  };
  account.commit({ type: 'customer-put', customer, isNew: false, by: cause.by });
  return customer;
}

function put(
  account: Account,
  invoice: StripeInvoice,
  type: string,
  cause: Cause,
  isNew = false,
): StripeInvoice {
  const before = account.store.invoices.get(invoice.id);
  if (before && JSON.stringify(before) === JSON.stringify(invoice)) {
    account.commit({ type: 'invoice-unchanged', by: cause.by });
    return invoice;
  }
  account.commit({ type: 'invoice-put', invoice, isNew, by: cause.by });
  state(account, invoice, type, cause);
  return invoice;
}

const notEditable = (status: string) =>
  invalidRequest(`The invoice cannot be changed: it is ${status}.`, { code: 'invoice_not_editable' });
