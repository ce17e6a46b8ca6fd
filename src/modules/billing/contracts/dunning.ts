import { IsArray, IsIn, IsISO8601, IsOptional, IsString, MaxLength } from 'class-validator';
import { Command, CommandType } from '../../../shared/kernel/message.js';
import { billingProviders, type BillingProvider } from './invoices.js';

export const reminderTones = ['friendly', 'firm', 'final'] as const;
export type ReminderTone = (typeof reminderTones)[number];

/** What was done about an invoice: a step of the policy, or that a person took it over. */
export interface SentReminder {
  readonly invoiceId: string;
  /** A step's name, or `hand-over`. */
  readonly step: string;
  /** When; all invoices of one message have the same. */
  readonly at: string;
}

/** The step of an invoice that a person has taken over. */
export const handedOver = 'hand-over';

/** An invoice as a customer reads of it. */
export interface DunnedInvoice {
  readonly invoiceId: string;
  readonly number: string;
  /** In the smallest unit of the currency. */
  readonly dueMinor: number;
  readonly currency: string;
  /** What is due, written as it is where the customer lives: `1.234,50 €`. */
  readonly amount: string;
  /** `2026-11-20`. */
  readonly dueDate: string;
  /** The same, written as it is there: `20. November 2026`. */
  readonly due: string;
  readonly daysLate: number;
  /** Where it is seen and paid. */
  readonly url?: string;
  /** The step that this invoice reaches by it; absent: it is listed because another one is due. */
  readonly step?: string;
}

export interface DueTotal {
  readonly currency: string;
  readonly dueMinor: number;
  readonly amount: string;
}

export const nothingDueReasons = [
  'paid',
  'excluded-customer',
  'backlog',
  'excluded-currency',
  'below-minimum',
] as const;
export const waitReasons = ['promised', 'schedule', 'grace', 'quiet-hours', 'cap', 'with-a-person'] as const;
export const handOverReasons = [
  // prettier-ignore
  'schedule-ended',
  'no-address',
  'too-many-invoices',
  'asked',
  'unanswered',
  'unreachable',
] as const;
export type NothingDueReason = (typeof nothingDueReasons)[number];
export type WaitReason = (typeof waitReasons)[number];
export type HandOverReason = (typeof handOverReasons)[number];

/** One message to a customer: all that is due. */
export interface Reminder {
  /** The furthest of the steps that its invoices reach. */
  readonly step: string;
  readonly tone: ReminderTone;
  readonly template: string;
  readonly to: readonly string[];
  readonly customerName: string;
  /** BCP 47: `de`. */
  readonly language: string;
  /** With the country where it is known: `de-AT`. */
  readonly locale: string;
  readonly invoices: readonly DunnedInvoice[];
  readonly totals: readonly DueTotal[];
  /** What was done, for the customer's record in the CRM: plain text. */
  readonly note: string;
}

/** What a person is to do. */
export interface HandOverTask {
  readonly title: string;
  readonly body: string;
  /** The same for the same invoices at the same point of their schedule, and no others. */
  readonly key: string;
}

/** What is to be done about what a customer owes. */
export type ReminderPlan =
  | { readonly outcome: 'nothing-due'; readonly why: NothingDueReason }
  | { readonly outcome: 'wait'; readonly until: string; readonly why: WaitReason }
  | ({ readonly outcome: 'remind' } & Reminder)
  | {
      readonly outcome: 'hand-over';
      readonly reason: HandOverReason;
      /** A key of the policy `people`; absent: whoever looks after what has no owner. */
      readonly to?: string;
      readonly customerName: string;
      readonly invoices: readonly DunnedInvoice[];
      readonly totals: readonly DueTotal[];
      readonly task: HandOverTask;
    }
  | { readonly outcome: 'disputed'; readonly invoiceIds: readonly string[] }
  /** Nothing is sent before a person has answered what the policy asks; look again at `until`. */
  | { readonly outcome: 'not-live'; readonly code: string; readonly message: string; readonly until: string };

/** Decides what is to be done now about what a customer owes: all of it is read anew. Changes nothing anywhere. */
@CommandType<PlanReminder>('billing.plan-reminder.v1')
export class PlanReminder extends Command<ReminderPlan> {
  @IsIn(billingProviders)
  provider: BillingProvider;

  @IsString()
  @MaxLength(100)
  account: string;

  @IsString()
  @MaxLength(100)
  customerId: string;

  /** What was done until now: the messages that were sent, and what a person took over. */
  @IsArray()
  sent: readonly SentReminder[];

  /** Until then nothing is done: the customer promised to pay, or a person said so. */
  @IsOptional()
  @IsISO8601()
  notBefore?: string;

  /** A person is to take over all that is due, wherever it stands in the schedule: why. */
  @IsOptional()
  @IsIn(handOverReasons)
  handOver?: HandOverReason;
}

/** What a reminder is bound to (`Conditions`): all that it names is due as it says, and nothing is disputed. */
export const duesCondition = 'billing.dues';

export interface DuesClaim {
  readonly provider: BillingProvider;
  readonly customerId: string;
  readonly invoices: readonly Pick<DunnedInvoice, 'invoiceId' | 'dueMinor' | 'dueDate'>[];
}
