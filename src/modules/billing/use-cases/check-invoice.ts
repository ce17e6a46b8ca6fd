import { CommandHandler } from '@nestjs/cqrs';
import { dateIn } from '../../../shared/calendar/zones.js';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../../shared/messaging/handler.js';
import { InvoiceSources } from '../connectors/invoice-sources.js';
import { CheckInvoice, type CheckedInvoice } from '../contracts.js';
import { isOverdue } from '../domain/invoice.js';

/** Reads an invoice anew: what a flow decides by must not be older than the decision. */
@CommandHandler(CheckInvoice)
export class CheckInvoiceHandler extends UseCase<CheckInvoice> {
  constructor(private readonly sources: InvoiceSources) {
    super();
  }

  async run(
    { provider, invoiceId }: CheckInvoice,
    { now, signal }: HandlerContext,
  ): Promise<HandlerOutcome<CheckedInvoice>> {
    const source = await this.sources.of(provider);
    const invoice = await source.invoice(invoiceId, signal);
    if (!invoice) return { result: { found: false } };
    const { id, issuedAt, changedAt, ...rest } = invoice;
    const overdue = isOverdue(invoice, dateIn(await source.timeZone(), now));
    const times = { issuedAt: issuedAt.toISOString(), changedAt: changedAt.toISOString() };
    return { result: { found: true, ...rest, ...times, invoiceId: id, overdue } };
  }
}
