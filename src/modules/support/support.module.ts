import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { Config } from '../../shared/config/config.js';
import { Connections } from '../../shared/connectors/connections.js';
import { Polls } from '../../shared/connectors/polls.js';
import { RateStore } from '../../shared/connectors/rate-bucket.js';
import { CONFIG } from '../../shared/core.module.js';
import { Clock } from '../../shared/kernel/clock.js';
import { LaneGates } from '../../shared/messaging/lane-gates.js';
import { SecretStore } from '../../shared/secrets/secret-store.js';
import { connectZendesk } from './connectors/connect-zendesk.js';
import { ZendeskApi } from './connectors/zendesk-api.js';
import { ZendeskConnection } from './connectors/zendesk-connection.js';
import { ZendeskTicketsPoll } from './connectors/zendesk-poll.js';
import { storedZendeskSettings, ZendeskSettings } from './connectors/zendesk-settings.js';

/** Tickets of the helpdesk that is connected. */
@Module({
  providers: [
    { provide: ZendeskSettings, inject: [CONFIG, SecretStore], useFactory: storedZendeskSettings },
    {
      provide: ZendeskApi,
      inject: [ZendeskSettings, RateStore, LaneGates, Clock],
      useFactory: (settings: ZendeskSettings, rates: RateStore, gates: LaneGates, clock: Clock) =>
        connectZendesk({ settings, rates, gates, now: () => clock.now() }),
    },
  ],
})
export class SupportModule implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly settings: ZendeskSettings,
    private readonly api: ZendeskApi,
    private readonly secrets: SecretStore,
    private readonly polls: Polls,
    private readonly connections: Connections,
  ) {}

  onModuleInit(): void {
    const { settings, api, secrets } = this;
    const webhookUrl = `${this.config.http.publicUrl}/webhooks/zendesk`;
    this.polls.add(new ZendeskTicketsPoll(api, settings));
    this.connections.add(new ZendeskConnection({ settings, api, secrets, webhookUrl }));
  }
}
