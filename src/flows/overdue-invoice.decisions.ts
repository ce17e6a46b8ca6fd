import {
  handedOver,
  duesCondition,
  type BillingProvider,
  type DuesChanged,
  type HandOverReason,
  type HandOverTask,
  type InvoiceOverdue,
  type Reminder,
  type ReminderPlan,
  type SentReminder,
} from '../modules/billing/contracts.js';
import type { MailBounced, MessageReceived } from '../modules/intake/contracts.js';
import type { SendMailResult } from '../modules/outbound/contracts.js';
import type { At, Next } from '../shared/flow/define-flow.js';

/** A run: one customer, and all that they owe. */
export interface State {
  provider: BillingProvider;
  account: string;
  customerId: string;
  /** What was done about which invoice: what the next plan goes by. */
  sent: readonly SentReminder[];
  /** What an effect is under way for; an event does not take the run away from it. */
  doing?: 'mail' | 'crm';
  reminder?: Reminder;
  /** Message-IDs of the first and the last mail, and the provider's own id of that. */
  thread: readonly string[];
  contactId?: string;
  /** What is being handed over to whom. */
  task?: HandOverTask & { to?: string; ownerId?: string; invoiceIds: readonly string[] };
  /** Why a person is asked how to go on. */
  paused?: 'reply' | 'bounce' | 'complaint' | 'dispute';
  notBefore?: string;
  handOver?: HandOverReason;
  lookAt: string;
  /** Names under which people find the run: addresses, invoices. */
  names: readonly string[];
}

/** What a person approves: reminders go on, from this day on where one is named (`2026-12-01`). */
export interface GoOn {
  readonly from: string | null;
  readonly why: string;
  readonly about: readonly string[];
}

type Names = 'plan' | 'wait' | 'remind' | 'find-contact' | 'note' | 'find-owner' | 'hand-over' | 'paused';
type Goes = Next<State, Names>;

const dayMs = 86_400_000;

export const done: Partial<State> = { doing: undefined, reminder: undefined, task: undefined };

/** No event names these. */
export const noMail = 'no mail was sent';
const notOfMail = 'not of a mail';

export function customerOf({ provider, account, customerId }: InvoiceOverdue | DuesChanged): string {
  return `${provider}:${account}:${customerId}`;
}

/** Replies come back with it; the same in every run of the customer, and at most 40 characters. */
function replyToken({ customerId }: State): string {
  return `due-${customerId.toLowerCase().replace(/[^a-z0-9_-]/g, '-')}`.slice(0, 40);
}

export function tokenThread(state: State): string {
  return `token:${replyToken(state)}`;
}

/** What the intake calls a conversation by mail, without our address: a token, or the first Message-ID. */
export function threadOf({ channel, conversation, mailbox }: MessageReceived): string {
  return channel === 'email' ? conversation.slice(`email:${mailbox}:`.length) : notOfMail;
}

export function answeredBy({ inReplyTo }: MessageReceived): string {
  return inReplyTo ?? notOfMail;
}

export function bouncedMail({ originalReference }: MailBounced): string {
  return originalReference ?? notOfMail;
}

export function asPlanned(plan: ReminderPlan, { state, now }: At<State>): Goes {
  if (plan.outcome === 'nothing-due') return { end: 'done' };
  // Whatever is due: a person has been asked, and nothing goes on before they have answered.
  if (state.paused) return { go: 'paused' };
  switch (plan.outcome) {
    case 'wait':
      return { go: 'wait', set: { lookAt: plan.until, handOver: undefined } };
    case 'not-live':
      return { go: 'wait', set: { lookAt: plan.until } };
    case 'disputed':
      return state.notBefore !== undefined && now < new Date(state.notBefore)
        ? { go: 'wait', set: { lookAt: state.notBefore } }
        : { go: 'paused', set: { paused: 'dispute' } };
    case 'remind': {
      const { outcome: _, ...reminder } = plan;
      const names = [
        ...reminder.to.map((address) => address.toLowerCase()),
        ...reminder.invoices.map(({ number }) => number),
      ];
      return { go: 'remind', set: { doing: 'mail', reminder, names } };
    }
    case 'hand-over': {
      const invoiceIds = plan.invoices.map(({ invoiceId }) => invoiceId);
      const names = [...new Set([...state.names, ...plan.invoices.map(({ number }) => number)])];
      return {
        go: 'find-owner',
        set: { doing: 'crm', task: { ...plan.task, to: plan.to, invoiceIds }, names },
      };
    }
  }
}

export function mailOf({ state }: At<State>) {
  const { provider, customerId, thread } = state;
  const { to, template, locale, customerName, invoices, totals } = state.reminder!;
  const claimed = invoices.map(({ invoiceId, dueMinor, dueDate }) => ({ invoiceId, dueMinor, dueDate }));
  return {
    kind: 'transactional' as const,
    to: to.slice(0, 10).map((address) => ({ address })),
    template,
    data: {
      customer: { name: customerName },
      invoices: invoices.map(({ number, amount, due, daysLate, url }) => ({
        ...{ number, amount, dueDate: due, daysLate, url },
      })),
      totals: totals.map(({ amount }) => amount),
    },
    language: locale,
    replyToken: replyToken(state),
    ...(thread.length > 0 && { inReplyTo: thread[1], references: [...new Set(thread.slice(0, 2))] }),
    onlyIf: { condition: duesCondition, data: { provider, customerId, invoices: claimed } },
  };
}

/** What it says is so no more: it is planned anew. Nobody can be reached: a person takes over. */
export function sentOrNot(result: SendMailResult, at: At<State>): Goes {
  const { withdrawn, via, suppressed, messageId, providerId } = result;
  if (withdrawn) return { go: 'plan', set: done };
  const reachesNobody = via === 'none' && suppressed.length > 0 && result.accepted.length === 0;
  if (reachesNobody) return { go: 'plan', set: { ...done, handOver: 'unreachable' } };
  const thread = [at.state.thread[0] ?? messageId, messageId, ...(providerId ? [providerId] : [])];
  return { go: 'find-contact', set: { doing: 'crm', sent: withReminder(at), thread } };
}

function withReminder({ state: { sent, reminder }, now }: At<State>): readonly SentReminder[] {
  const at = now.toISOString();
  const reached = reminder!.invoices.flatMap(({ invoiceId, step }) =>
    step ? [{ invoiceId, step, at }] : [],
  );
  return [...sent, ...reached];
}

export function taskOf({ state: { contactId, task }, now }: At<State>) {
  const { title, body, key, ownerId } = task!;
  const about = contactId === undefined ? undefined : { type: 'contact' as const, id: contactId };
  return { about, title, body, key, ownerId, dueAt: new Date(now.getTime() + dayMs).toISOString() };
}

export function withHandOver({ state: { sent, task }, now }: At<State>): readonly SentReminder[] {
  const at = now.toISOString();
  return [...sent, ...task!.invoiceIds.map((invoiceId) => ({ invoiceId, step: handedOver, at }))];
}

/**
 * Not while something is under way outside: what became of it would be lost, and it would be done again. It is followed
 * by a plan in any case; a reminder that waits for its server asks itself whether it is still right.
 */
export function planAgain(_: object, { state }: At<State>): Goes | undefined {
  return state.doing ? undefined : { go: 'plan' };
}

/**
 * A mail that is under way when the customer writes is counted as sent, whether it left or is left behind: a person
 * looks now. While something is written to the CRM, the reply is heard at the next wait.
 */
export function pause(why: NonNullable<State['paused']>) {
  return (_: object, at: At<State>): Goes | undefined => {
    const { paused, doing } = at.state;
    if (paused || doing === 'crm') return undefined;
    const sent = doing === 'mail' ? { sent: withReminder(at) } : {};
    return { go: 'paused', set: { ...done, ...sent, paused: why } };
  };
}

/** What may arrive yet is no reason. */
export function pauseByBounce({ kind, permanent }: MailBounced, at: At<State>): Goes | undefined {
  return kind === 'complaint' || permanent ? pause(kind)({}, at) : undefined;
}

/** A day that is none is asked for again. */
export function goOn({ from }: GoOn): Goes {
  if (from === null) return { go: 'plan', set: { paused: undefined } };
  const day = /^\d{4}-\d{2}-\d{2}/.test(String(from)) ? Date.parse(from) : Number.NaN;
  if (Number.isNaN(day)) return { go: 'paused' };
  return { go: 'plan', set: { paused: undefined, notBefore: new Date(day).toISOString() } };
}
