import { Module, type OnModuleInit } from '@nestjs/common';
import { Connections } from '../../shared/connectors/connections.js';
import { SubmissionsSources } from '../../shared/connectors/form-submissions.js';
import { Polls } from '../../shared/connectors/polls.js';
import { RateStore } from '../../shared/connectors/rate-bucket.js';
import { CONFIG } from '../../shared/core.module.js';
import { LaneGates } from '../../shared/messaging/lane-gates.js';
import { PolicyStore } from '../../shared/policies/policy-store.js';
import { SecretStore } from '../../shared/secrets/secret-store.js';
import { CrmActivities } from './connectors/crm-activities.js';
import { CrmContacts } from './connectors/crm-contacts.js';
import { CrmDeals } from './connectors/crm-deals.js';
import { CrmOwners } from './connectors/crm-owners.js';
import { connectHubspot, Hubspot } from './connectors/connect-hubspot.js';
import { HubspotConnection } from './connectors/hubspot-connection.js';
import { HubspotDealsPoll } from './connectors/hubspot-poll.js';
import { HubspotSettings, storedHubspotSettings } from './connectors/hubspot-settings.js';
import { watchedBy } from './domain/qualification-policy.js';
import { Contacts } from './persistence/contacts.js';
import { DealMoves } from './persistence/deal-moves.js';
import { contactPolicy } from './policies/crm-contact.policy.js';
import { qualificationPolicy } from './policies/deal-qualification.policy.js';
import { AddCrmNoteHandler } from './use-cases/add-crm-note.js';
import { CompleteCrmTaskHandler } from './use-cases/complete-crm-task.js';
import { CreateCrmTaskHandler } from './use-cases/create-crm-task.js';
import { FindCrmContactHandler } from './use-cases/find-crm-contact.js';
import { FindCrmOwnerHandler } from './use-cases/find-crm-owner.js';
import { DealsInQuestion } from './use-cases/deals-in-question.js';
import { HearDealMoves } from './use-cases/hear-deal-moves.js';
import { NoteDealMoveHandler } from './use-cases/note-deal-move.js';
import { QualifyDealHandler } from './use-cases/qualify-deal.js';
import { ReadDealHandler } from './use-cases/read-deal.js';
import { UpdateDealHandler } from './use-cases/update-deal.js';
import { UpsertContactHandler } from './use-cases/upsert-contact.js';

/**
 * The crm context. It needs, from global modules: Database, KeyedHash, PolicyStore, LaneGates, RateStore, SecretStore,
 * Polls, Connections, SubmissionsSources, EventSubscribers, People, Calendars and CONFIG.
 */
@Module({
  providers: [
    AddCrmNoteHandler,
    CompleteCrmTaskHandler,
    Contacts,
    CreateCrmTaskHandler,
    DealMoves,
    DealsInQuestion,
    FindCrmContactHandler,
    FindCrmOwnerHandler,
    HearDealMoves,
    NoteDealMoveHandler,
    QualifyDealHandler,
    ReadDealHandler,
    UpdateDealHandler,
    UpsertContactHandler,
    { provide: HubspotSettings, inject: [CONFIG, SecretStore], useFactory: storedHubspotSettings },
    {
      provide: Hubspot,
      inject: [HubspotSettings, RateStore, LaneGates],
      useFactory: (settings: HubspotSettings, rates: RateStore, gates: LaneGates) =>
        connectHubspot(settings, rates, gates),
    },
    { provide: CrmActivities, inject: [Hubspot], useFactory: ({ activities }: Hubspot) => activities },
    { provide: CrmContacts, inject: [Hubspot], useFactory: ({ contacts }: Hubspot) => contacts },
    { provide: CrmDeals, inject: [Hubspot], useFactory: ({ deals }: Hubspot) => deals },
    { provide: CrmOwners, inject: [Hubspot], useFactory: ({ owners }: Hubspot) => owners },
  ],
  exports: [CrmContacts],
})
export class CrmModule implements OnModuleInit {
  constructor(
    private readonly policies: PolicyStore,
    private readonly hubspot: Hubspot,
    private readonly secrets: SecretStore,
    private readonly polls: Polls,
    private readonly connections: Connections,
    private readonly submissions: SubmissionsSources,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.policies.install([contactPolicy, qualificationPolicy]);
    const { hubspot, secrets } = this;
    const qualification = async () => (await this.policies.active(qualificationPolicy)).body;
    const watched = async () => watchedBy(await qualification());
    const dealProperties = async () => {
      const { result } = await qualification();
      return result ? [result.property] : [];
    };
    this.polls.add(new HubspotDealsPoll({ deals: hubspot.dealsApi, account: hubspot.account, watched }));
    this.submissions.add(hubspot.forms);
    this.connections.add(new HubspotConnection({ hubspot, secrets, dealProperties }));
  }
}
