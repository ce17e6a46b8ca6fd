import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  EventSubscribers,
  type SubscriberContext,
  type SubscriberOutcome,
} from '../../../shared/messaging/event-subscribers.js';
import { CreditNoteChanged, InvoiceChanged } from '../../intake/contracts.js';
import { InvoiceSources } from '../connectors/invoice-sources.js';
import type { Invoices } from '../connectors/invoices.js';
import { DuesChanged, type BillingProvider } from '../contracts.js';
import type { Invoice } from '../domain/invoice.js';
import { OverdueScan } from './overdue-scan.js';

/**
 * Hears that invoices and credit notes changed, and states whose dues may have: webhooks of Xero name no customer. It
 * costs one read; what is a bill, a draft or gone is of no customer's dues and ends there. Neither duplicates nor the
 * order matter, since nothing but the reason to read again is stated. Each delivery states it once; an overdue invoice is
 * stated once for its due date, whoever sees it first.
 */
@Injectable()
export class WatchDues implements OnModuleInit {
  constructor(
    private readonly subscribers: EventSubscribers,
    private readonly sources: InvoiceSources,
    private readonly scan: OverdueScan,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.subscribers.add<InvoiceChanged>({
      name: 'billing.watch-invoices',
      event: InvoiceChanged,
      handle: (event, context) => this.invoiceChanged(event, context),
    });
    await this.subscribers.add<CreditNoteChanged>({
      name: 'billing.watch-credit-notes',
      event: CreditNoteChanged,
      handle: (event, context) => this.creditNoteChanged(event, context),
    });
  }

  async invoiceChanged(
    { provider, invoiceId }: InvoiceChanged,
    { now, signal }: SubscriberContext,
  ): Promise<SubscriberOutcome> {
    const source = await this.source(provider);
    if (!source) return nothingFor('not connected');
    const invoice = await source.summary(invoiceId, signal);
    if (!invoice) return nothingFor('no invoice');
    if (invoice.status === 'draft') return nothingFor('a draft');
    const isNewlyOverdue = await this.scan.checkRead(invoice, now);
    return {
      events: [stated(invoice, invoice.customer.id, { reason: 'invoice-changed', invoiceId })],
      decision: { stated: true, overdue: isNewlyOverdue },
    };
  }

  async creditNoteChanged(
    { provider, account, creditNoteId }: CreditNoteChanged,
    { signal }: SubscriberContext,
  ): Promise<SubscriberOutcome> {
    const source = await this.source(provider);
    if (!source) return nothingFor('not connected');
    const customerId = await source.customerOfCreditNote(creditNoteId, signal);
    if (customerId === undefined) return nothingFor('no credit note');
    return {
      events: [stated({ provider, account }, customerId, { reason: 'credit-note-changed' })],
      decision: { stated: true },
    };
  }

  /** Where nobody has connected the system, an event of its webhooks leads nowhere; the scan finds what is due later. */
  private async source(provider: BillingProvider): Promise<Invoices | undefined> {
    return (await this.sources.connected()).find((one) => one.provider === provider);
  }
}

function stated(
  { provider, account }: Pick<Invoice, 'provider' | 'account'>,
  customerId: string,
  why: Pick<DuesChanged, 'reason' | 'invoiceId'>,
) {
  const message = new DuesChanged({ provider, account, customerId, ...why });
  return { message, subject: `customer:${customerId}` };
}

function nothingFor(reason: string): SubscriberOutcome {
  return { decision: { reason } };
}
