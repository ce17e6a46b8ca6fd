import { Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Config } from '../../shared/config/config.js';
import { CONFIG } from '../../shared/core.module.js';
import type { Channel } from './channels/channel.js';
import { Channels } from './channels/channels.js';
import { channelClasses } from './channels/index.js';
import { DeliveriesRead } from './http/deliveries-read.js';
import { DeliveriesController } from './http/deliveries.controller.js';
import { FormsController } from './http/forms.controller.js';
import { WebhooksController } from './http/webhooks.controller.js';
import { Forms } from './persistence/forms.js';
import { AcceptRequests } from './use-cases/accept-requests.js';
import { ChannelLimits } from './use-cases/channel-limits.js';
import { ChannelSecrets } from './use-cases/channel-secrets.js';
import { Pressure } from './use-cases/pressure.js';
import { ReceiveRequest } from './use-cases/receive-request.js';
import { Refusals } from './use-cases/refusals.js';
import { SealRequest } from './use-cases/seal-request.js';
import { WebhookSettings } from './use-cases/webhook-settings.js';

/** What reaches the business: channels, forms, inbound deliveries. */
@Module({
  controllers: [DeliveriesController, FormsController, WebhooksController],
  providers: [
    AcceptRequests,
    ChannelLimits,
    ChannelSecrets,
    DeliveriesRead,
    Forms,
    Pressure,
    ReceiveRequest,
    Refusals,
    SealRequest,
    ...channelClasses,
    {
      provide: WebhookSettings,
      inject: [CONFIG],
      useFactory: ({ http, webhooks }: Config) => new WebhookSettings(http.publicUrl, webhooks.ratePerSecond),
    },
    {
      provide: Channels,
      inject: [...channelClasses],
      useFactory: (...channels: Channel[]) => new Channels(channels),
    },
  ],
})
export class IntakeModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly forms: Forms,
    private readonly refusals: Refusals,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.forms.install();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.refusals.flush();
  }
}
