import { NotConnected } from '../billing.errors.js';
import type { BillingProvider } from '../contracts.js';
import type { Invoice } from '../domain/invoice.js';
import type { Invoices } from './invoices.js';

/** The accounting systems. Which of them are connected follows from the configuration; several may be. */
export class InvoiceSources {
  constructor(private readonly sources: readonly Invoices[]) {}

  /** @throws BILLING.NOT_CONNECTED */
  async of(provider: BillingProvider): Promise<Invoices> {
    const source = this.sources.find((one) => one.provider === provider);
    if (!source || !(await source.connected())) throw NotConnected({ details: { provider } });
    return source;
  }

  /** One invoice of one system; undefined when there is none. @throws CodedError */
  async invoice(provider: BillingProvider, id: string, signal?: AbortSignal): Promise<Invoice | undefined> {
    return (await this.of(provider)).invoice(id, signal);
  }

  async connected(): Promise<Invoices[]> {
    const states = await Promise.all(this.sources.map((one) => one.connected()));
    return this.sources.filter((_, index) => states[index]);
  }
}
