import { Injectable, type OnModuleInit, type Provider } from '@nestjs/common';
import { Connections } from '../../shared/connectors/connections.js';
import { RateStore } from '../../shared/connectors/rate-bucket.js';
import { LaneGates } from '../../shared/messaging/lane-gates.js';
import { Chat } from './connectors/chat.js';
import { connectSlack, type SlackConnector } from './connectors/connect-slack.js';
import { SlackConnection } from './connectors/slack-connection.js';
import { SlackSettings } from './connectors/slack-settings.js';
import { PostChatHandler } from './use-cases/post-chat.js';

const SLACK = Symbol('Slack');

/** Makes Slack known to those who connect providers. */
@Injectable()
class ConnectableChat implements OnModuleInit {
  constructor(
    private readonly connections: Connections,
    private readonly connection: SlackConnection,
  ) {}

  onModuleInit(): void {
    this.connections.add(this.connection);
  }
}

/** What the context needs for messages in a team's chat, besides `SlackSettings`. */
export const chatParts: readonly Provider[] = [
  PostChatHandler,
  ConnectableChat,
  {
    provide: SLACK,
    inject: [SlackSettings, RateStore, LaneGates],
    useFactory: (settings: SlackSettings, rates: RateStore, gates: LaneGates) =>
      connectSlack(settings, rates, gates),
  },
  { provide: Chat, inject: [SLACK], useFactory: ({ chat }: SlackConnector) => chat },
  {
    provide: SlackConnection,
    inject: [SlackSettings, SLACK],
    useFactory: (settings: SlackSettings, { api }: SlackConnector) => new SlackConnection(settings, api),
  },
];
