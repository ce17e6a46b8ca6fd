import { CommandHandler } from '@nestjs/cqrs';
import { Calendars } from '../../../shared/calendar/calendars.js';
import { dateIn } from '../../../shared/calendar/zones.js';
import { KeyedHash } from '../../../shared/crypto/keyed-hash.js';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../../shared/messaging/handler.js';
import { decided } from '../../../shared/policies/policy-decisions.js';
import { PolicyStore } from '../../../shared/policies/policy-store.js';
import { DunningNotLive } from '../billing.errors.js';
import { InvoiceSources } from '../connectors/invoice-sources.js';
import type { Invoices } from '../connectors/invoices.js';
import { PlanReminder, type DunnedInvoice, type ReminderPlan } from '../contracts.js';
import type { DuesInput } from '../domain/dues.js';
import type { DunningPolicy } from '../domain/dunning-policy.js';
import type { Invoice, InvoiceCustomer } from '../domain/invoice.js';
import { isLive, planReminder, type Decision } from '../domain/plan-reminder.js';
import { dunnedOf, localeOf, totalsOf } from '../domain/reminder-text.js';
import { noteOf, taskOf } from '../domain/reminder-notes.js';
import { dunningPolicy } from '../policies/dunning.policy.js';

/** Where invoices are paid is asked for as many of them: it may be a call for each. */
const mostPages = 20;

/** What was read of a customer. */
interface Dues {
  readonly source: Invoices;
  readonly customer: InvoiceCustomer;
  readonly invoices: readonly Invoice[];
  /** Where it was issued. */
  readonly today: string;
  readonly command: PlanReminder;
}

/** Reads all that a customer owes, and decides by the policy what is to be done about it now. */
@CommandHandler(PlanReminder)
export class PlanReminderHandler extends UseCase<PlanReminder> {
  constructor(
    private readonly sources: InvoiceSources,
    private readonly policies: PolicyStore,
    private readonly calendars: Calendars,
    private readonly hash: KeyedHash,
  ) {
    super();
  }

  async run(command: PlanReminder, context: HandlerContext): Promise<HandlerOutcome<ReminderPlan>> {
    const policy = await this.policies.active(dunningPolicy);
    if (!isLive(policy.body)) return { result: notLive(policy.body, context.now) };
    const source = await this.sources.of(command.provider);
    const [invoices, issuerZone] = [
      await source.openOfCustomer(command.customerId, context.signal),
      await source.timeZone(),
    ];
    const customer = await this.customerOf(source, command, invoices, context.signal);
    const calendar = await this.calendars.get(policy.body.quietHours.workingDaysOf ?? undefined);
    const input = inputOf(command, { customer, invoices, issuerZone, calendar }, context.now);
    const decision = planReminder(policy.body, input);
    const dues = { source, customer, invoices, today: dateIn(issuerZone, context.now), command };
    return {
      result: await this.answer(decision, policy.body, dues, context.signal),
      changes: [decided(policy, input, decision, context)],
    };
  }

  /** As they are now; of one who is gone, or has no address, what the invoice has. Nobody who owes nothing is looked for. */
  private async customerOf(
    source: Invoices,
    { customerId }: PlanReminder,
    [first]: readonly Invoice[],
    signal: AbortSignal,
  ): Promise<InvoiceCustomer> {
    const nobody = { id: customerId, name: '', emails: [] };
    if (!first) return nobody;
    const now = await source.customer(customerId, signal);
    if (!now) return first.customer;
    return now.emails.length > 0 ? now : { ...now, emails: first.customer.emails };
  }

  private async answer(
    decision: Decision,
    policy: DunningPolicy,
    dues: Dues,
    signal: AbortSignal,
  ): Promise<ReminderPlan> {
    if (decision.outcome !== 'remind' && decision.outcome !== 'hand-over') return decision;
    const { customer, invoices } = dues;
    const { language, locale } = localeOf(customer, policy);
    const chosen = decision.invoices.flatMap(({ invoiceId, step }) => {
      const invoice = invoices.find(({ id }) => id === invoiceId);
      return invoice ? [{ invoice, step }] : [];
    });
    const listed = await this.listed(chosen, { ...dues, locale }, signal);
    const totals = totalsOf(
      chosen.map(({ invoice }) => invoice),
      locale,
    );
    const shown = { customerName: customer.name, invoices: listed, totals };
    if (decision.outcome === 'remind') {
      const note = noteOf({ ...shown, step: decision.step });
      return { ...decision, ...shown, to: customer.emails, language, locale, note };
    }
    const { outcome, reason } = decision;
    const task = { ...taskOf({ ...shown, reason }), key: this.keyOf(listed, dues.command) };
    return { outcome, reason, ...shown, to: policy.handOver.to ?? undefined, task };
  }

  /** What was sent of them is a part: invoices that become overdue once more are another task. */
  private keyOf(listed: readonly DunnedInvoice[], { provider, customerId, sent }: PlanReminder): string {
    const before = listed.map(({ invoiceId, dueDate }) => [
      invoiceId,
      dueDate,
      ...sent.filter((one) => one.invoiceId === invoiceId).map(({ step, at }) => `${step} ${at}`),
    ]);
    const hash = this.hash.of('dunning-task', JSON.stringify([provider, customerId, before.sort()]));
    return `dunning-${hash.toString('hex').slice(0, 32)}`;
  }

  /** As the customer reads of them, in the order of the decision. */
  private async listed(
    chosen: readonly { readonly invoice: Invoice; readonly step?: string }[],
    { source, today, locale }: Dues & { locale: string },
    signal: AbortSignal,
  ): Promise<DunnedInvoice[]> {
    const listed: DunnedInvoice[] = [];
    for (const { invoice, step } of chosen) {
      const url = listed.length < mostPages ? await source.pageOf(invoice, signal) : undefined;
      listed.push(dunnedOf(invoice, { locale, today, step, url }));
    }
    return listed;
  }
}

function inputOf(
  { provider, customerId, sent, notBefore, handOver }: PlanReminder,
  read: { customer: InvoiceCustomer; invoices: readonly Invoice[] } & Pick<
    DuesInput,
    'issuerZone' | 'calendar'
  >,
  now: Date,
): DuesInput {
  const { customer, invoices, issuerZone, calendar } = read;
  return {
    ...{ provider, customerId, sent, notBefore, handOver, issuerZone, calendar, now: now.toISOString() },
    country: customer.country,
    hasAddress: customer.emails.length > 0,
    invoices: invoices.map(
      ({ id: invoiceId, status, currency, exponent, dueMinor, dueDate, lastPaymentOn }) => ({
        ...{ invoiceId, status, currency, exponent, dueMinor, dueDate, lastPaymentOn },
      }),
    ),
  };
}

/** Says what is to be answered. */
function notLive({ goingLive, lookAgainDays }: DunningPolicy, now: Date): ReminderPlan {
  const open = [
    ...(goingLive.accountingRemindersOff === undefined
      ? ['whether the accounting system’s own reminders are off (goingLive.accountingRemindersOff)']
      : []),
    ...(goingLive.backlog === undefined
      ? ['which invoices that are overdue already are included (goingLive.backlog)']
      : []),
  ];
  const message =
    open.length > 0
      ? `Nothing is sent: the policy dunning has to say ${open.join(', and ')}.`
      : 'Nothing is sent while the accounting system reminds by itself: switch that off, then set goingLive.accountingRemindersOff.';
  const until = new Date(now.getTime() + lookAgainDays * 86_400_000).toISOString();
  return { outcome: 'not-live', code: DunningNotLive.code, message, until };
}
