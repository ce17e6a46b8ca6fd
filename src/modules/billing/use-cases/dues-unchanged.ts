import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Conditions } from '../../../shared/effects/conditions.js';
import { InvoiceSources } from '../connectors/invoice-sources.js';
import { duesCondition, type DuesClaim } from '../contracts.js';

/**
 * Whether what a reminder says is still so: it may have waited for a mail server while the customer paid. What became
 * due besides does not matter; it is in the next one.
 */
@Injectable()
export class DuesUnchanged implements OnModuleInit {
  constructor(
    private readonly conditions: Conditions,
    private readonly sources: InvoiceSources,
  ) {}

  onModuleInit(): void {
    this.conditions.add(duesCondition, (claim, signal) => this.check(claim as DuesClaim, signal));
  }

  async check({ provider, customerId, invoices }: DuesClaim, signal: AbortSignal): Promise<boolean> {
    const source = await this.sources.of(provider);
    const now = await source.openOfCustomer(customerId, signal);
    if (now.some(({ status }) => status === 'disputed')) return false;
    return invoices.every(({ invoiceId, dueMinor, dueDate }) =>
      now.some((one) => one.id === invoiceId && one.dueMinor === dueMinor && one.dueDate === dueDate),
    );
  }
}
