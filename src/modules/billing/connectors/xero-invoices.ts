import { dateIn } from '../../../shared/calendar/zones.js';
import type { Invoice, InvoiceCustomer } from '../domain/invoice.js';
import { isOpen } from '../domain/invoice.js';
import { Hourly } from './hourly.js';
import { Invoices, type InvoicePage } from './invoices.js';
import { invalid, readable } from './reading.js';
import type { XeroAnswer, XeroApi, XeroListing } from './xero-api.js';
import {
  creditedCustomerOf,
  isSale,
  itemsOf,
  onlineUrlOf,
  xeroCustomerOf,
  xeroInvoiceOf,
  xeroOrganisationOf,
} from './xero-answers.js';
import type { XeroSettings } from './xero-settings.js';

const pageSize = 200;
/** Pages of one customer at the most: what is beyond is not told. */
const mostPages = 10;

export interface XeroInvoicesParts {
  readonly api: XeroApi;
  readonly settings: XeroSettings;
}

/** Xero's sales invoices. */
export class XeroInvoices extends Invoices {
  readonly provider = 'xero';
  private readonly organisation: Hourly<{ name: string; timeZone: string }>;

  constructor(private readonly parts: XeroInvoicesParts) {
    super();
    this.organisation = new Hourly(async () => xeroOrganisationOf(await parts.api.organisation()));
  }

  async connected(): Promise<boolean> {
    const { settings } = this.parts;
    return settings.clientId !== undefined && (await settings.clientSecret()) !== undefined;
  }

  async timeZone(): Promise<string> {
    return (await this.organisation.get()).timeZone;
  }

  /** Reads the contact too, where the addresses are; and the page of an invoice that is to be paid. */
  async invoice(id: string, signal?: AbortSignal): Promise<Invoice | undefined> {
    const invoice = await this.summary(id, signal);
    if (!invoice) return undefined;
    const customer = (await this.customer(invoice.customer.id, signal)) ?? invoice.customer;
    return { ...invoice, customer, url: await this.pageOf(invoice, signal) };
  }

  override async pageOf(invoice: Invoice, signal?: AbortSignal): Promise<string | undefined> {
    if (!isOpen(invoice)) return undefined;
    const online = await this.parts.api.onlineInvoice(invoice.id, signal);
    return online && onlineUrlOf(online);
  }

  async customer(customerId: string, signal?: AbortSignal): Promise<InvoiceCustomer | undefined> {
    if (!isXeroId(customerId)) return undefined;
    const contact = await this.parts.api.contact(customerId, signal);
    return contact && xeroCustomerOf(contact);
  }

  override async customerOfCreditNote(id: string, signal?: AbortSignal): Promise<string | undefined> {
    if (!isXeroId(id)) return undefined;
    const note = await this.parts.api.creditNote(id, signal);
    return note && creditedCustomerOf(note);
  }

  override async summary(id: string, signal?: AbortSignal): Promise<Invoice | undefined> {
    if (!isXeroId(id)) return undefined;
    const answer = await this.parts.api.invoice(id, signal);
    const [item] = answer ? itemsOf(answer, 'invoices') : [];
    if (!answer || item === undefined || !isSale(item)) return undefined;
    return xeroInvoiceOf(item, answer.tenantId);
  }

  async overdue(asOf: Date, cursor: string | undefined, signal?: AbortSignal): Promise<InvoicePage> {
    const [year, month, day] = dateIn(await this.timeZone(), asOf)
      .split('-')
      .map(Number);
    const where = `Type=="ACCREC" AND AmountDue>0 AND DueDate<DateTime(${year},${month},${day})`;
    return this.listed({ where, order: 'DueDate ASC' }, placeOf(cursor), signal);
  }

  async openOfCustomer(customerId: string, signal?: AbortSignal): Promise<readonly Invoice[]> {
    if (!isXeroId(customerId)) return [];
    const where = 'Type=="ACCREC" AND AmountDue>0';
    const found: Invoice[] = [];
    for (let page = 1; page <= mostPages; page += 1) {
      const { invoices, next } = await this.listed({ where, contactIds: [customerId] }, page, signal);
      found.push(...invoices);
      if (next === undefined) break;
    }
    return found;
  }

  private async listed(
    filter: Pick<XeroListing, 'where' | 'order' | 'contactIds'>,
    page: number,
    signal?: AbortSignal,
  ): Promise<InvoicePage> {
    const listing: XeroListing = { ...filter, statuses: ['AUTHORISED'], page, pageSize };
    return pageRead(await this.parts.api.invoices(listing, signal), page);
  }
}

function pageRead(answer: XeroAnswer, page: number): InvoicePage {
  const items = itemsOf(answer, 'invoices');
  const { invoices, unreadable } = readable(items, (item) => xeroInvoiceOf(item, answer.tenantId));
  const next = items.length >= pageSize ? String(page + 1) : undefined;
  return { invoices: invoices.filter(isOpen), unreadable, next };
}

function placeOf(cursor: string | undefined): number {
  if (cursor === undefined) return 1;
  if (!/^[1-9]\d{0,5}$/.test(cursor)) throw invalid('no page');
  return Number(cursor);
}

function isXeroId(id: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id);
}
