import type { Calendar } from '../../../shared/calendar/business-time.js';
import { addDays, dateIn, startOfDay } from '../../../shared/calendar/zones.js';
import {
  handedOver,
  type BillingProvider,
  type HandOverReason,
  type InvoiceStatus,
  type SentReminder,
} from '../contracts.js';
import type { DunningPolicy } from './dunning-policy.js';
import { minorOf } from './money.js';

/** An invoice, as far as it is decided on. */
export interface DueInvoice {
  readonly invoiceId: string;
  readonly status: InvoiceStatus;
  readonly currency: string;
  readonly exponent: number;
  readonly dueMinor: number;
  readonly dueDate?: string;
  readonly lastPaymentOn?: string;
}

/** All that is decided on; JSON, so that it can be kept and decided on again. */
export interface DuesInput {
  readonly provider: BillingProvider;
  readonly customerId: string;
  readonly country?: string;
  readonly hasAddress: boolean;
  /** Where days begin for due dates. */
  readonly issuerZone: string;
  /** The one that the policy names for working days. */
  readonly calendar: Calendar;
  readonly invoices: readonly DueInvoice[];
  readonly sent: readonly SentReminder[];
  readonly notBefore?: string;
  /** A person is to take over all of it. */
  readonly handOver?: HandOverReason;
  readonly now: string;
}

/** An overdue invoice, and how far it has come. */
export interface Late {
  readonly invoice: DueInvoice & { readonly dueDate: string };
  /** The place of the last step that it reached, -1 before the first; the number of steps when a person has it. */
  readonly reached: number;
  /** The first instant at which its next step may be taken; of one that a person has, it has no meaning. */
  readonly from: Date;
  /** The first instant after every grace: before it, the invoice is not spoken of. */
  readonly spokenOfFrom: Date;
}

/** Overdue: open, with an amount due, its due date before today where it was issued. */
export function overdueOf({ invoices, issuerZone, now }: DuesInput): Late['invoice'][] {
  const today = dateIn(issuerZone, new Date(now));
  return invoices.flatMap((one) =>
    one.status === 'open' && one.dueMinor > 0 && one.dueDate !== undefined && one.dueDate < today
      ? [{ ...one, dueDate: one.dueDate }]
      : [],
  );
}

/** Those of which enough is due in their currency. */
export function aboveMinimum<Invoice extends DueInvoice>(
  invoices: readonly Invoice[],
  minimum: DunningPolicy['stop']['minimum'],
): Invoice[] {
  return invoices.filter(({ currency, exponent }) => {
    const same = invoices.filter((one) => one.currency === currency);
    const sum = same.reduce((total, { dueMinor }) => total + dueMinor, 0);
    return sum >= minorOf(minimum[currency] ?? 0, exponent);
  });
}

/**
 * How far an invoice has come, and when it goes on. A step is never before its days after the due date, never before the
 * grace, and as long after the step before it as the schedule has between them, however late that one was. What was sent
 * about an earlier due date counts no more.
 */
export function latenessOf(
  invoice: Late['invoice'],
  { steps, handOver, graceDays }: DunningPolicy,
  { sent, issuerZone }: Pick<DuesInput, 'sent' | 'issuerZone'>,
): Late {
  const own = sent
    .filter(({ invoiceId }) => invoiceId === invoice.invoiceId)
    .map(({ step, at }) => ({ step, day: dateIn(issuerZone, new Date(at)) }))
    .filter(({ day }) => day > invoice.dueDate);
  const places = own.map(({ step }) =>
    step === handedOver ? steps.length : steps.findIndex(({ name }) => name === step),
  );
  const reached = Math.max(-1, ...places);
  const after = [...steps.map(({ afterDays }) => afterDays), handOver.afterDays];
  const next = Math.min(reached + 1, steps.length);
  const gap = (after[next] ?? 0) - (after[next - 1] ?? 0);
  const lastDay = own
    .map(({ day }) => day)
    .toSorted()
    .at(-1);
  const graces = [invoice.dueDate, ...(invoice.lastPaymentOn ? [invoice.lastPaymentOn] : [])].map((day) =>
    addDays(day, graceDays),
  );
  const days = [...graces, addDays(invoice.dueDate, after[next] ?? 0)];
  if (lastDay !== undefined) days.push(addDays(lastDay, Math.max(1, gap)));
  return {
    ...{ invoice, reached },
    from: startOfDay(latest(days), issuerZone),
    spokenOfFrom: startOfDay(latest(graces), issuerZone),
  };
}

function latest(days: readonly string[]): string {
  return days.toSorted().at(-1)!;
}
