import { dateIn, startOfDay } from '../../../shared/calendar/zones.js';
import type { Invoice, InvoiceCustomer } from '../domain/invoice.js';
import { isOpen } from '../domain/invoice.js';
import { Hourly } from './hourly.js';
import { Invoices, type InvoicePage } from './invoices.js';
import { idOf, invalid, readable, recordOf } from './reading.js';
import { stripeCustomerOf, stripeInvoiceOf, stripePageOf, stripeTimeZoneOf } from './stripe-answers.js';
import type { StripeApi, StripeListing } from './stripe-api.js';
import type { StripeSettings } from './stripe-settings.js';

const pageSize = 100;
/** Pages of one customer at the most: what is beyond is not told. */
const mostPages = 20;

/** Stripe's invoices. Those that are collected at once have no due date, and so are never overdue. */
export class StripeInvoices extends Invoices {
  readonly provider = 'stripe';
  private readonly zone: Hourly<string>;

  constructor(
    private readonly api: StripeApi,
    private readonly settings: StripeSettings,
  ) {
    super();
    this.zone = new Hourly(async () => stripeTimeZoneOf(await api.account()));
  }

  async connected(): Promise<boolean> {
    return (await this.settings.apiKey()) !== undefined;
  }

  async timeZone(): Promise<string> {
    return this.zone.get();
  }

  async invoice(id: string, signal?: AbortSignal): Promise<Invoice | undefined> {
    if (!/^in_\w{1,97}$/.test(id)) return undefined;
    const answer = await this.api.invoice(id, signal);
    // One that was deleted as a draft is answered with its id alone.
    if (answer === undefined || recordOf(answer, 'invoice')['deleted'] === true) return undefined;
    return stripeInvoiceOf(answer, await this.timeZone());
  }

  async overdue(asOf: Date, cursor: string | undefined, signal?: AbortSignal): Promise<InvoicePage> {
    const zone = await this.timeZone();
    const before = startOfDay(dateIn(zone, asOf), zone).getTime() / 1_000;
    const filter = { collection_method: 'send_invoice', due_date: { lt: before } } as const;
    return this.page(filter, cursor, signal);
  }

  async openOfCustomer(customerId: string, signal?: AbortSignal): Promise<readonly Invoice[]> {
    if (!isCustomerId(customerId)) return [];
    const found: Invoice[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const { invoices, next } = await this.page({ customer: customerId }, cursor, signal);
      found.push(...invoices);
      if (next === undefined) break;
      cursor = next;
    }
    return found;
  }

  async customer(customerId: string, signal?: AbortSignal): Promise<InvoiceCustomer | undefined> {
    if (!isCustomerId(customerId)) return undefined;
    const answer = await this.api.customer(customerId, signal);
    return answer === undefined ? undefined : stripeCustomerOf(answer);
  }

  private async page(
    filter: Omit<StripeListing, 'status' | 'limit' | 'starting_after'>,
    cursor: string | undefined,
    signal?: AbortSignal,
  ): Promise<InvoicePage> {
    if (cursor !== undefined && !/^in_\w{1,97}$/.test(cursor)) throw invalid('no cursor');
    const zone = await this.timeZone();
    const answer = await this.api.invoices(
      { ...filter, status: 'open', limit: pageSize, ...(cursor && { starting_after: cursor }) },
      signal,
    );
    const { items, hasMore } = stripePageOf(answer);
    const { invoices, unreadable } = readable(items, (item) => stripeInvoiceOf(item, zone));
    const last = hasMore ? items.at(-1) : undefined;
    const next = last === undefined ? undefined : idOf(recordOf(last, 'invoice')['id'], 'invoice');
    return { invoices: invoices.filter(isOpen), unreadable, next };
  }
}

function isCustomerId(id: string): boolean {
  return /^cus_\w{1,96}$/.test(id);
}
