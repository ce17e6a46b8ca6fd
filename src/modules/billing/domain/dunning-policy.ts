import type { ReminderTone } from '../contracts.js';

/** A reminder of the schedule. Its name is kept with what was sent: a renamed step is another one. */
export interface DunningStep {
  readonly name: string;
  /** Days after the due date. */
  readonly afterDays: number;
  readonly channel: 'mail';
  readonly tone: ReminderTone;
  readonly template: string;
}

/** Which of the invoices that were overdue before going live are reminded of. */
export type Backlog = 'none' | 'all' | { readonly since: string };

export interface DunningPolicy {
  /** What a person answers before anything is sent. */
  readonly goingLive: {
    /** The day from which reminders are sent: `2026-11-20`. Needed for the backlog `none`. */
    readonly on?: string;
    /** Whether the reminders of the accounting system itself are off. */
    readonly accountingRemindersOff?: boolean;
    readonly backlog?: Backlog;
  };
  readonly steps: readonly DunningStep[];
  /** After the last step; `to` is a key of the policy `people`, null whoever looks after what has no owner. */
  readonly handOver: { readonly afterDays: number; readonly to: string | null };
  /** Days for which a payment may be on its way: after the due date, and after a part was paid. */
  readonly graceDays: number;
  /** Messages to one customer within so many days, at the most. */
  readonly cap: { readonly messages: number; readonly days: number };
  /** When nothing is sent, by the customer's clock; and the calendar whose working days are the only ones, null: every day. */
  readonly quietHours: {
    readonly from: string;
    readonly until: string;
    readonly workingDaysOf: string | null;
  };
  readonly zones: {
    /** Where customers live whose country is not known: as the issuer, or in the zone of the calendar. */
    readonly default: 'issuer' | 'calendar';
    /** IANA zones by country (ISO 3166-1). */
    readonly ofCountry: Readonly<Record<string, string>>;
  };
  readonly languages: {
    readonly default: string;
    /** By country, for customers of whom no language is known. */
    readonly ofCountry: Readonly<Record<string, string>>;
  };
  readonly stop: {
    /** In the currency's main unit: what is overdue in it must be at least as much. */
    readonly minimum: Readonly<Record<string, number>>;
    /** ISO 4217; null: all. */
    readonly currencies: readonly string[] | null;
    /** Who is never reminded: `xero:<id>`, `stripe:<id>`. */
    readonly customers: readonly string[];
  };
  /** How often what a person has taken over, and what is not live, is looked at again. */
  readonly lookAgainDays: number;
}
