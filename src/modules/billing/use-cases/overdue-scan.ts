import { Injectable } from '@nestjs/common';
import { dateIn } from '../../../shared/calendar/zones.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import { Wakeups } from '../../../shared/messaging/wakeups.js';
import { InvoiceSources } from '../connectors/invoice-sources.js';
import type { Invoices } from '../connectors/invoices.js';
import type { BillingProvider } from '../contracts.js';
import { isOverdue, type Invoice } from '../domain/invoice.js';
import { OverdueEvents } from '../persistence/overdue-events.js';

/** What a scan of one accounting system came to. */
export interface ScannedSource {
  readonly provider: BillingProvider;
  /** Overdue invoices that were found. */
  readonly found: number;
  /** Of these, those that were not told of before. */
  readonly stated: number;
  /** Left out because they could not be read. */
  readonly unreadable: number;
  /** Why it ended early; what was found until then is stated. */
  readonly failure?: { readonly code: string; readonly message: string };
}

export interface ScanOptions {
  readonly signal?: AbortSignal;
  /** Called after each page; false ends the scan. */
  readonly goOn?: () => Promise<boolean>;
}

/** More than a hundred thousand overdue invoices are not looked for. */
const mostPages = 500;

/**
 * Finds what is overdue and states it: no accounting system tells of it by itself. Xero has neither a status nor an event
 * for it, Stripe an event that must be switched on.
 */
@Injectable()
export class OverdueScan {
  constructor(
    private readonly sources: InvoiceSources,
    private readonly events: OverdueEvents,
    private readonly wakeups: Wakeups,
  ) {}

  /** Looks through all systems that are connected. One that fails does not keep the others from being read. */
  async scan(asOf: Date, options: ScanOptions = {}): Promise<ScannedSource[]> {
    const results: ScannedSource[] = [];
    for (const source of await this.sources.connected())
      results.push(await this.scanOne(source, asOf, options));
    return results;
  }

  /**
   * Looks at one invoice: something about it has changed.
   * @returns whether it is overdue, and was not told of before
   * @throws CodedError
   */
  async check(
    provider: BillingProvider,
    invoiceId: string,
    asOf: Date,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const invoice = await (await this.sources.of(provider)).summary(invoiceId, signal);
    return invoice !== undefined && this.checkRead(invoice, asOf);
  }

  /** The same for one that was read just now. @throws CodedError */
  async checkRead(invoice: Invoice, asOf: Date): Promise<boolean> {
    const source = await this.sources.of(invoice.provider);
    if (!isOverdue(invoice, dateIn(await source.timeZone(), asOf))) return false;
    return (await this.state([invoice], asOf)) > 0;
  }

  private async state(invoices: readonly Invoice[], asOf: Date): Promise<number> {
    const { count, lanes } = await this.events.state(invoices, asOf);
    this.wakeups.signal(lanes);
    return count;
  }

  private async scanOne(source: Invoices, asOf: Date, options: ScanOptions): Promise<ScannedSource> {
    const { signal, goOn = async () => true } = options;
    const counts = { provider: source.provider, found: 0, stated: 0, unreadable: 0 };
    let cursor: string | undefined;
    try {
      for (let page = 0; page < mostPages; page += 1) {
        const { invoices, next, unreadable } = await source.overdue(asOf, cursor, signal);
        counts.found += invoices.length;
        counts.unreadable += unreadable;
        counts.stated += await this.state(invoices, asOf);
        if (next === undefined || !(await goOn())) break;
        cursor = next;
      }
      return counts;
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      return { ...counts, failure: { code: error.code, message: error.message } };
    }
  }
}
