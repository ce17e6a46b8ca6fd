import { CommandHandler } from '@nestjs/cqrs';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../../shared/messaging/handler.js';
import { change } from '../../../shared/messaging/outcome.js';
import { decided } from '../../../shared/policies/policy-decisions.js';
import { PolicyStore } from '../../../shared/policies/policy-store.js';
import { CrmContacts } from '../connectors/crm-contacts.js';
import { ContactUpserted, UpsertContact, type ContactUpsertResult } from '../contracts.js';
import { answerOfPretended, answerOfUnchanged, describePlan, notCreated } from '../domain/contact-plan.js';
import { knowing, outlineOf, wishOf } from '../domain/contact-wish.js';
import { Contacts } from '../persistence/contacts.js';
import { contactPolicy } from '../policies/crm-contact.policy.js';

/** Brings a lead into the CRM: finds its contact, writes what the policy permits, remembers which contact it is. */
@CommandHandler(UpsertContact)
export class UpsertContactHandler extends UseCase<UpsertContact> {
  constructor(
    private readonly crm: CrmContacts,
    private readonly policies: PolicyStore,
    private readonly contacts: Contacts,
  ) {
    super();
  }

  async run(command: UpsertContact, context: HandlerContext): Promise<HandlerOutcome<ContactUpsertResult>> {
    const { effect, now, signal } = context;
    const policy = await this.policies.active(contactPolicy);
    const subject = this.contacts.subjectOf(command);
    const wanted = wishOf(command, policy.body);
    const wish = knowing(wanted, await this.contacts.known(subject));

    const result = await effect.perform({
      look: () => this.crm.look(wish, signal),
      already: answerOfUnchanged,
      describe: describePlan,
      send: (plan) => this.crm.write(plan, signal),
      pretend: answerOfPretended,
      providerId: ({ contactId }) => contactId,
    });

    const { contactId, action } = result;
    const upserted = new ContactUpserted({
      leadId: command.leadId,
      contactId,
      action,
      policyVersion: policy.version,
    });
    const decision = decided(policy, command, outlineOf(wanted), context);
    const exists = contactId !== notCreated;
    return {
      result,
      events: [{ message: upserted, subject: `contact:${contactId}` }],
      changes: exists
        ? [
            change(this.contacts, {
              subject,
              providerId: contactId,
              submittedAt: new Date(command.submittedAt),
              updatedAt: now,
            }),
            decision,
          ]
        : [decision],
    };
  }
}
