import { CommandHandler } from '@nestjs/cqrs';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../../shared/messaging/handler.js';
import { CrmContacts } from '../connectors/crm-contacts.js';
import { FindCrmContact, type FoundContact } from '../contracts.js';

const mostAddresses = 10;

/** Finds a contact by e-mail address: in HubSpot's records themselves, so that a contact of this moment is found. */
@CommandHandler(FindCrmContact)
export class FindCrmContactHandler extends UseCase<FindCrmContact> {
  constructor(private readonly crm: CrmContacts) {
    super();
  }

  async run({ emails }: FindCrmContact, { signal }: HandlerContext): Promise<HandlerOutcome<FoundContact>> {
    const addresses = (emails as readonly unknown[]).filter((one) => typeof one === 'string');
    const contactId = await this.crm.find(addresses.slice(0, mostAddresses), signal);
    return { result: contactId === undefined ? {} : { contactId } };
  }
}
