import { Module } from '@nestjs/common';
import { CONFIG } from '../../shared/core.module.js';
import { SecretStore } from '../../shared/secrets/secret-store.js';
import { chatParts } from './chat.parts.js';
import { SlackSettings, storedSlackSettings } from './connectors/slack-settings.js';

/** What leaves for people and systems that are no business application of their own. */
@Module({
  providers: [
    ...chatParts,
    { provide: SlackSettings, inject: [CONFIG, SecretStore], useFactory: storedSlackSettings },
  ],
})
export class OutboundModule {}
