import { CommandHandler } from '@nestjs/cqrs';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../../shared/messaging/handler.js';
import { People } from '../../../shared/people/people.js';
import { CrmOwners } from '../connectors/crm-owners.js';
import { FindCrmOwner, type FoundOwner } from '../contracts.js';

/** Finds whose work something is, as the CRM knows them. */
@CommandHandler(FindCrmOwner)
export class FindCrmOwnerHandler extends UseCase<FindCrmOwner> {
  constructor(
    private readonly people: People,
    private readonly owners: CrmOwners,
  ) {
    super();
  }

  async run({ person }: FindCrmOwner, { now }: HandlerContext): Promise<HandlerOutcome<FoundOwner>> {
    const isActive = async (id: string): Promise<boolean> => (await this.owners.byId(id))?.isActive === true;
    const hubspotOwnerId = person === undefined ? undefined : await this.accountOf(person);
    const found = await this.people.resolveOwner({ hubspotOwnerId, now, isActive });
    const { hubspotOwnerId: ownerId } = found;
    const name = found.person?.name;
    return {
      result: { ...(ownerId !== undefined && { ownerId }), ...(name !== undefined && { name }) },
    };
  }

  /** Of whom the policy has no account, the CRM may know the address. */
  private async accountOf(key: string): Promise<string | undefined> {
    const person = await this.people.byKey(key);
    if (person?.hubspotOwnerId !== undefined) return person.hubspotOwnerId;
    return person?.email === undefined ? undefined : (await this.owners.byEmail(person.email))?.id;
  }
}
