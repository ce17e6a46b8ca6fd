import type { DueTotal, DunnedInvoice, HandOverReason } from '../contracts.js';

interface Listed {
  readonly customerName: string;
  readonly invoices: readonly DunnedInvoice[];
  readonly totals: readonly DueTotal[];
}

/** A title names no more. */
const mostInTitle = 3;

/** For the customer's record in the CRM: which reminder was sent, and of what. */
export function noteOf({ step, ...listed }: Listed & { readonly step: string }): string {
  return [`Payment reminder sent: ${step}.`, ...linesOf(listed)].join('\n');
}

/** What a person is told who takes over. */
export function taskOf({ reason, ...listed }: Listed & { readonly reason: HandOverReason }): {
  title: string;
  body: string;
} {
  const totals = listed.totals.slice(0, mostInTitle).map(({ amount }) => amount);
  const title = `Overdue: ${listed.customerName || 'a customer'}, ${totals.join(', ')}`;
  return { title, body: [reasons[reason], ...linesOf(listed)].join('\n') };
}

const reasons: Readonly<Record<HandOverReason, string>> = {
  'schedule-ended':
    'All reminders of the schedule were sent, and the following is not paid. No more are sent.',
  'no-address': 'There is no e-mail address to which reminders could be sent.',
  'too-many-invoices': 'More is overdue than one reminder can list.',
  asked: 'It was decided that no more reminders are sent.',
  unanswered: 'Reminders are paused, and nobody has decided in time how to go on. No more are sent.',
  unreachable:
    'Reminders do not reach the customer: mails to all their addresses came back or were complained of.',
};

function linesOf({ invoices, totals }: Listed): string[] {
  return [
    ...invoices.map(({ number, amount, dueDate, daysLate }) => {
      const late = daysLate === 1 ? '1 day late' : `${daysLate} days late`;
      return `${number}: ${amount}, due ${dueDate}, ${late}`;
    }),
    `Total: ${totals.map(({ amount }) => amount).join(', ')}`,
  ];
}
