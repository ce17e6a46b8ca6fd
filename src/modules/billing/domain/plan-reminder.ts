import {
  handedOver,
  type HandOverReason,
  type NothingDueReason,
  type ReminderTone,
  type WaitReason,
} from '../contracts.js';
import { aboveMinimum, latenessOf, overdueOf, type DuesInput, type Late } from './dues.js';
import type { DunningPolicy } from './dunning-policy.js';
import { nextSending, sendingTimeOf } from './sending-time.js';

/** What is decided, by ids: without personal data. */
export type Decision =
  | { readonly outcome: 'nothing-due'; readonly why: NothingDueReason }
  | { readonly outcome: 'wait'; readonly until: string; readonly why: WaitReason }
  | {
      readonly outcome: 'remind';
      readonly step: string;
      readonly tone: ReminderTone;
      readonly template: string;
      /** The most overdue first, each with the step that it reaches. */
      readonly invoices: readonly { readonly invoiceId: string; readonly step?: string }[];
    }
  | {
      readonly outcome: 'hand-over';
      readonly reason: HandOverReason;
      readonly invoices: readonly { readonly invoiceId: string; readonly step: typeof handedOver }[];
    }
  | { readonly outcome: 'disputed'; readonly invoiceIds: readonly string[] };

type NothingDue = Extract<Decision, { outcome: 'nothing-due' }>;

/** More do not belong in a letter. */
const mostListed = 200;
const dayMs = 86_400_000;

/** Whether a person has answered all that must be known before anything is sent. */
export function isLive({ goingLive }: DunningPolicy): boolean {
  return goingLive.accountingRemindersOff === true && goingLive.backlog !== undefined;
}

/** What is to be done about what a customer owes, now. Expects a policy that is live. */
export function planReminder(policy: DunningPolicy, input: DuesInput): Decision {
  const disputed = disputedOf(input);
  const wanted = remindable(policy, input);
  if (input.handOver) return takenOver(policy, input, { disputed, wanted, reason: input.handOver });
  if (disputed.length > 0) return { outcome: 'disputed', invoiceIds: disputed };
  if ('outcome' in wanted) return wanted;
  const isPromised = input.notBefore !== undefined && new Date(input.now) < new Date(input.notBefore);
  if (isPromised) return waitUntil(new Date(input.notBefore).getTime(), 'promised');
  return bySchedule(policy, input, wanted);
}

function bySchedule(policy: DunningPolicy, input: DuesInput, wanted: readonly Late['invoice'][]): Decision {
  const now = new Date(input.now);
  const open = openOf(policy, input, wanted);
  if (open.length === 0) return withAPerson(policy, now);
  const spokenOf = open.filter(({ spokenOfFrom }) => spokenOfFrom <= now);
  const ready = spokenOf.filter(({ from }) => from <= now);
  if (ready.length === 0) return untilSomethingIsReady(policy, input, open);
  if (ready.some(({ reached }) => reached + 1 >= policy.steps.length))
    return handOver('schedule-ended', idsOf(spokenOf));
  if (!input.hasAddress) return handOver('no-address', idsOf(spokenOf));
  if (spokenOf.length > mostListed) return handOver('too-many-invoices', idsOf(spokenOf));
  return remindOrWait(policy, input, { spokenOf, ready });
}

/** All that no person has yet goes to one, disputed or not. */
function takenOver(
  policy: DunningPolicy,
  input: DuesInput,
  {
    disputed,
    wanted,
    reason,
  }: {
    disputed: readonly string[];
    wanted: readonly Late['invoice'][] | NothingDue;
    reason: HandOverReason;
  },
): Decision {
  const late = 'outcome' in wanted ? [] : idsOf(openOf(policy, input, wanted));
  if (disputed.length + late.length > 0) return handOver(reason, [...disputed, ...late]);
  return 'outcome' in wanted ? wanted : withAPerson(policy, new Date(input.now));
}

/** Those that no person has taken over, the most overdue first. */
function openOf(policy: DunningPolicy, input: DuesInput, wanted: readonly Late['invoice'][]): Late[] {
  const all = wanted.map((invoice) => latenessOf(invoice, policy, input));
  return all.filter(({ reached }) => reached < policy.steps.length).sort(mostOverdueFirst);
}

/** One that a person has is theirs to settle. */
function disputedOf({ invoices, sent }: DuesInput): string[] {
  const taken = new Set(sent.filter(({ step }) => step === handedOver).map(({ invoiceId }) => invoiceId));
  return invoices
    .filter(({ status, invoiceId }) => status === 'disputed' && !taken.has(invoiceId))
    .map(({ invoiceId }) => invoiceId);
}

/** The overdue invoices that the policy means, or why there are none. */
function remindable(policy: DunningPolicy, input: DuesInput): Late['invoice'][] | NothingDue {
  const { stop, goingLive } = policy;
  const overdue = overdueOf(input);
  if (overdue.length === 0) return nothingDue('paid');
  if (stop.customers.includes(`${input.provider}:${input.customerId}`))
    return nothingDue('excluded-customer');
  const since = sinceOf(goingLive);
  const later = overdue.filter(({ dueDate }) => dueDate >= since);
  if (later.length === 0) return nothingDue('backlog');
  const inCurrency = later.filter(({ currency }) => stop.currencies?.includes(currency) ?? true);
  if (inCurrency.length === 0) return nothingDue('excluded-currency');
  const enough = aboveMinimum(inCurrency, stop.minimum);
  return enough.length > 0 ? enough : nothingDue('below-minimum');
}

/** The first due date that counts. */
function sinceOf({ backlog, on = '' }: DunningPolicy['goingLive']): string {
  if (typeof backlog === 'object') return backlog.since;
  return backlog === 'none' ? on : '';
}

function remindOrWait(
  policy: DunningPolicy,
  input: DuesInput,
  { spokenOf, ready }: { spokenOf: readonly Late[]; ready: readonly Late[] },
): Decision {
  const now = new Date(input.now);
  const next = nextSending(sendingTimeOf(policy, input), policy.cap, messagesOf(input), now);
  if (next > now) {
    const free = nextSending(sendingTimeOf(policy, input), policy.cap, [], now);
    return waitUntil(next.getTime(), next > free ? 'cap' : 'quiet-hours');
  }
  const step = policy.steps[Math.max(...ready.map(({ reached }) => reached + 1))]!;
  const { name, tone, template } = step;
  const reaches = (late: Late) => (ready.includes(late) ? policy.steps[late.reached + 1]!.name : undefined);
  const invoices = spokenOf.map((late) => ({ invoiceId: late.invoice.invoiceId, step: reaches(late) }));
  return { outcome: 'remind', step: name, tone, template, invoices };
}

/** Not before anything may be sent; what goes to a person goes at any hour. */
function untilSomethingIsReady(policy: DunningPolicy, input: DuesInput, open: readonly Late[]): Decision {
  const sending = sendingTimeOf(policy, input);
  const times = open.map(({ from, reached }) => {
    const isForPerson = reached + 1 >= policy.steps.length || !input.hasAddress;
    return isForPerson ? from : nextSending(sending, policy.cap, messagesOf(input), from);
  });
  const now = new Date(input.now);
  const isInGrace = open.every(({ spokenOfFrom }) => spokenOfFrom > now);
  return waitUntil(Math.min(...times.map((time) => time.getTime())), isInGrace ? 'grace' : 'schedule');
}

/** When messages were sent: one speaks of several invoices at the same instant. */
function messagesOf({ sent }: DuesInput): Date[] {
  const times = sent.filter(({ step }) => step !== handedOver).map(({ at }) => new Date(at).getTime());
  return [...new Set(times)].map((time) => new Date(time));
}

function handOver(reason: HandOverReason, invoiceIds: readonly string[]): Decision {
  const invoices = invoiceIds.map((invoiceId) => ({ invoiceId, step: handedOver }) as const);
  return { outcome: 'hand-over', reason, invoices };
}

function idsOf(lates: readonly Late[]): string[] {
  return lates.map(({ invoice: { invoiceId } }) => invoiceId);
}

function withAPerson({ lookAgainDays }: DunningPolicy, now: Date): Decision {
  return waitUntil(now.getTime() + lookAgainDays * dayMs, 'with-a-person');
}

function nothingDue(why: NothingDueReason): NothingDue {
  return { outcome: 'nothing-due', why };
}

function waitUntil(ms: number, why: WaitReason): Decision {
  return { outcome: 'wait', until: new Date(ms).toISOString(), why };
}

function mostOverdueFirst(a: Late, b: Late): number {
  const [first, second] = [a.invoice, b.invoice];
  if (first.dueDate !== second.dueDate) return first.dueDate < second.dueDate ? -1 : 1;
  return first.invoiceId < second.invoiceId ? -1 : 1;
}
