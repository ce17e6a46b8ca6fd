import { Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { FormsChannel } from './channels/forms.channel.js';
import { DeliveriesRead } from './http/deliveries-read.js';
import { DeliveriesController } from './http/deliveries.controller.js';
import { FormsController } from './http/forms.controller.js';
import { WebhooksController } from './http/webhooks.controller.js';
import { Forms } from './persistence/forms.js';
import { AcceptDeliveries } from './use-cases/accept-deliveries.js';
import { ReceiveRequest } from './use-cases/receive-request.js';
import { Refusals } from './use-cases/refusals.js';

/** What reaches the business: channels, forms, inbound deliveries. */
@Module({
  controllers: [DeliveriesController, FormsController, WebhooksController],
  providers: [AcceptDeliveries, DeliveriesRead, Forms, FormsChannel, ReceiveRequest, Refusals],
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
