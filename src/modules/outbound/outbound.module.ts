import { Module } from '@nestjs/common';
import type { Config } from '../../shared/config/config.js';
import { CONFIG } from '../../shared/core.module.js';
import { SecretStore } from '../../shared/secrets/secret-store.js';
import { chatParts } from './chat.parts.js';
import { MailSettings, storedMailSettings } from './connectors/mail-settings.js';
import { SlackSettings, storedSlackSettings } from './connectors/slack-settings.js';
import { endpointParts, PrivateOrigins } from './endpoint.parts.js';
import { MailTemplatesController } from './http/mail-templates.controller.js';
import { SuppressionsController } from './http/suppressions.controller.js';
import { mailParts } from './mail.parts.js';

/** What leaves for people and systems that are no business application of their own. */
@Module({
  controllers: [MailTemplatesController, SuppressionsController],
  providers: [
    ...mailParts,
    { provide: MailSettings, inject: [CONFIG, SecretStore], useFactory: storedMailSettings },
    ...chatParts,
    { provide: SlackSettings, inject: [CONFIG, SecretStore], useFactory: storedSlackSettings },
    ...endpointParts,
    {
      provide: PrivateOrigins,
      inject: [CONFIG],
      useFactory: ({ endpoints }: Config) => new PrivateOrigins(endpoints.privateOrigins),
    },
  ],
})
export class OutboundModule {}
