import { DuesChanged, InvoiceOverdue, PlanReminder } from '../modules/billing/contracts.js';
import { AddCrmNote, CreateCrmTask, FindCrmContact, FindCrmOwner } from '../modules/crm/contracts.js';
import { MailBounced, MessageReceived } from '../modules/intake/contracts.js';
import { SendMail } from '../modules/outbound/contracts.js';
import { flow } from '../shared/flow/define-flow.js';
import {
  answeredBy, asPlanned, bouncedMail, customerOf, done, goOn, mailOf, noMail, pause, pauseByBounce, planAgain,
  sentOrNot, taskOf, threadOf, tokenThread, withHandOver, type GoOn, type State,
} from './overdue-invoice.decisions.js'; // prettier-ignore

/**
 * Invoice overdue → what is due is read and the schedule asked → reminder by e-mail, noted in HubSpot → wait for payment or
 * the next step → a person takes over. A reply, a bounce or a dispute pauses it until a person says how to go on.
 */
export const overdueInvoice = flow('overdue-invoice', { version: 1 })
  .startedBy(
    InvoiceOverdue,
    customerOf,
    ({ provider, account, customerId }): State => ({
      ...{ provider, account, customerId, sent: [], thread: [], lookAt: '', names: [] },
    }),
    { onePerCase: true },
  )
  .alsoKnownAs(({ names }) => names)
  .steps(
    ['plan', 'wait', 'remind', 'find-contact', 'note', 'find-owner', 'hand-over', 'paused'],
    ({ send, wait, ask, on, go }) => ({
      plan: send(
        PlanReminder,
        ({ state: { provider, account, customerId, sent, notBefore, handOver } }) => ({
          ...{ provider, account, customerId, sent, notBefore, handOver },
        }),
        asPlanned,
      ),
      wait: wait({
        until: ({ state }) => new Date(state.lookAt),
        due: go('plan'),
        on: [
          on(MessageReceived, threadOf, pause('reply'), ({ state }) => tokenThread(state)),
          on(MessageReceived, threadOf, pause('reply'), ({ state }) => state.thread[0] ?? noMail),
          on(MessageReceived, answeredBy, pause('reply'), ({ state }) => state.thread[1] ?? noMail),
          ...[0, 1, 2].map((place) =>
            on(MailBounced, bouncedMail, pauseByBounce, ({ state }) => state.thread[place] ?? noMail),
          ),
        ],
      }),
      remind: send(SendMail, mailOf, sentOrNot),
      'find-contact': send(
        FindCrmContact,
        ({ state }) => ({ emails: state.reminder!.to.slice(0, 10) }),
        ({ contactId }) => (contactId ? go('note', { contactId }) : go('plan', done)),
      ),
      note: send(
        AddCrmNote,
        ({ state: { contactId, reminder }, now }) => ({
          ...{ about: { type: 'contact' as const, id: contactId! }, text: reminder!.note },
          ...{ time: now.toISOString(), key: `reminder ${reminder!.step}` },
        }),
        go('plan', done),
      ),
      'find-owner': send(
        FindCrmOwner,
        ({ state }) => ({ person: state.task!.to }),
        ({ ownerId }, { state }) => go('hand-over', { task: { ...state.task!, ownerId } }),
      ),
      'hand-over': send(CreateCrmTask, taskOf, ({ state: made }, at) =>
        made === 'gone' && at.state.contactId
          ? go('hand-over', { contactId: undefined })
          : go('plan', { ...done, sent: withHandOver(at), handOver: undefined }),
      ),
      paused: ask({
        what: ({ state }) => `Reminders to a customer are paused (${state.paused}). Are they to go on?`,
        proposal: ({ state }): GoOn => ({ from: null, why: state.paused!, about: state.names }),
        role: 'approver',
        within: 'P14D',
        approved: goOn,
        denied: go('plan', { paused: undefined, handOver: 'asked' }),
        expired: go('plan', { paused: undefined, handOver: 'unanswered' }),
      }),
      anywhere: [
        on(DuesChanged, customerOf, planAgain),
        on(InvoiceOverdue, customerOf, planAgain),
        on(MessageReceived, threadOf, pause('reply'), ({ state }) => tokenThread(state)),
      ],
    }),
  );
