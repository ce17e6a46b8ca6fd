import { Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Config } from '../../shared/config/config.js';
import { CONFIG } from '../../shared/core.module.js';
import { Purges } from '../../shared/purges.js';
import { SecretStore } from '../../shared/secrets/secret-store.js';
import { OpenApiPaths } from '../../shared/http/openapi.js';
import { Connections } from '../../shared/connectors/connections.js';
import { Polls } from '../../shared/connectors/polls.js';
import { SubmissionsSources } from '../../shared/connectors/form-submissions.js';
import type { Channel, Reader } from './channels/channel.js';
import { Channels } from './channels/channels.js';
import { HubspotFormsPoll } from './channels/hubspot-forms-poll.js';
import { channelClasses, polledClasses } from './channels/index.js';
import { WhatsappConnection } from './connectors/whatsapp-connection.js';
import { ChannelsRead } from './http/channels-read.js';
import { ChannelsController } from './http/channels.controller.js';
import { DeliveriesRead } from './http/deliveries-read.js';
import { DeliveriesController } from './http/deliveries.controller.js';
import { FormsTransfer } from './http/forms-transfer.js';
import { FormsController } from './http/forms.controller.js';
import { describeWebhooks } from './http/webhook-paths.js';
import { WebhooksController } from './http/webhooks.controller.js';
import { pastTheirTime } from './persistence/past-their-time.js';
import { Forms } from './persistence/forms.js';
import { PollRows } from './persistence/poll-rows.js';
import { StoredDeliveries } from './persistence/stored-deliveries.js';
import { AcceptRequests } from './use-cases/accept-requests.js';
import { ChannelLimits } from './use-cases/channel-limits.js';
import { ChannelSecrets } from './use-cases/channel-secrets.js';
import { Pressure } from './use-cases/pressure.js';
import { ReceiveRequest } from './use-cases/receive-request.js';
import { Refusals } from './use-cases/refusals.js';
import { ReplayDelivery } from './use-cases/replay-delivery.js';
import { RunPolls } from './use-cases/run-polls.js';
import { SealRequest } from './use-cases/seal-request.js';
import { SetPoll } from './use-cases/set-poll.js';
import { TryChannel } from './use-cases/try-channel.js';
import { WebhookSettings } from './use-cases/webhook-settings.js';

/** What reaches the business: channels, forms, inbound deliveries. */
@Module({
  controllers: [ChannelsController, DeliveriesController, FormsController, WebhooksController],
  providers: [
    AcceptRequests,
    ChannelLimits,
    ChannelSecrets,
    ChannelsRead,
    DeliveriesRead,
    Forms,
    FormsTransfer,
    PollRows,
    Pressure,
    ReceiveRequest,
    Refusals,
    ReplayDelivery,
    RunPolls,
    SealRequest,
    SetPoll,
    StoredDeliveries,
    TryChannel,
    ...channelClasses,
    ...polledClasses,
    {
      provide: WebhookSettings,
      inject: [CONFIG],
      useFactory: ({ http, webhooks, roles }: Config) =>
        new WebhookSettings(http.publicUrl, webhooks.ratePerSecond, roles.has('scheduler')),
    },
    {
      provide: Channels,
      inject: [...channelClasses, ...polledClasses],
      useFactory: (...all: (Channel | Reader)[]) =>
        new Channels(all.slice(0, channelClasses.length) as Channel[], all.slice(channelClasses.length)),
    },
  ],
})
export class IntakeModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly forms: Forms,
    private readonly refusals: Refusals,
    private readonly channels: Channels,
    private readonly paths: OpenApiPaths,
    private readonly polls: Polls,
    private readonly submissions: SubmissionsSources,
    private readonly connections: Connections,
    private readonly purges: Purges,
    private readonly secrets: SecretStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onModuleInit(): Promise<void> {
    describeWebhooks(this.channels.all, this.paths);
    await this.forms.install();
    this.purges.addRows(...pastTheirTime);
    this.purges.addPartitions('intake.raw_bodies', 'intake.attachments');
    this.connections.add(new WhatsappConnection(this.config.whatsapp, this.secrets));
    this.polls.add(new HubspotFormsPoll(this.forms, this.submissions));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.refusals.flush();
  }
}
