import type { SentReminder } from '../../src/modules/billing/contracts.js';
import type { DueInvoice, DuesInput } from '../../src/modules/billing/domain/dues.js';
import type { DunningPolicy } from '../../src/modules/billing/domain/dunning-policy.js';
import { planReminder, type Decision } from '../../src/modules/billing/domain/plan-reminder.js';
import { dunningPolicy } from '../../src/modules/billing/policies/dunning.policy.js';
import type { Calendar } from '../../src/shared/calendar/business-time.js';
import { calendarsPolicy } from '../../src/shared/calendar/calendars.policy.js';

/** As shipped, and live with all that is overdue. */
export const live: DunningPolicy = {
  ...dunningPolicy.initial,
  goingLive: { accountingRemindersOff: true, backlog: 'all' },
};

/** Mondays to Fridays, closed at Christmas. */
export const office: Calendar = { ...calendarsPolicy.initial.calendars['office']!, zone: 'Europe/London' };

export const withPolicy = (part: Partial<DunningPolicy>): DunningPolicy => ({ ...live, ...part });

/** £100, due on Monday, 2 November 2026. */
export function invoice(part: Partial<DueInvoice>): DueInvoice {
  return {
    ...{ invoiceId: 'i1', status: 'open', currency: 'GBP', exponent: 2, dueMinor: 10_000 },
    dueDate: '2026-11-02',
    ...part,
  };
}

/** What a customer of an issuer in London owes. */
export function dues(part: Partial<DuesInput>): DuesInput {
  return {
    ...{
      provider: 'xero',
      customerId: 'c1',
      hasAddress: true,
      issuerZone: 'Europe/London',
      calendar: office,
    },
    ...{ invoices: [invoice({})], sent: [], now: '2026-11-02T12:00Z' },
    ...part,
  };
}

export const sent = (step: string, at: string, invoiceId = 'i1'): SentReminder => ({ invoiceId, step, at });

export const plan = (input: DuesInput, policy = live): Decision => planReminder(policy, input);
