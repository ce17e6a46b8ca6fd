import { Inject, Injectable, type OnModuleInit, type Provider } from '@nestjs/common';
import { Connections } from '../../shared/connectors/connections.js';
import { RateStore } from '../../shared/connectors/rate-bucket.js';
import { LaneGates } from '../../shared/messaging/lane-gates.js';
import { PolicyStore } from '../../shared/policies/policy-store.js';
import { connectMail, type MailConnector } from './connectors/connect-mail.js';
import { MailConnection } from './connectors/mail-connection.js';
import { MailSettings } from './connectors/mail-settings.js';
import { Mailer } from './connectors/mailer.js';
import { MailContents } from './mail/contents.js';
import { Templates } from './mail/templates.js';
import { SentMails } from './persistence/sent-mails.js';
import { Suppressions } from './persistence/suppressions.js';
import { mailTemplatesPolicy } from './policies/mail-templates.policy.js';
import { SendMailHandler } from './use-cases/send-mail.js';
import { SuppressBounced } from './use-cases/suppress-bounced.js';

const MAIL = Symbol('Mail');

/** Makes mail known to those who connect providers, and its templates to the store of policies. */
@Injectable()
class MailSetup implements OnModuleInit {
  constructor(
    private readonly connections: Connections,
    private readonly policies: PolicyStore,
    private readonly settings: MailSettings,
    @Inject(MAIL) private readonly connector: MailConnector,
  ) {}

  async onModuleInit(): Promise<void> {
    const { smtp, postmarkApi } = this.connector;
    this.connections.add(new MailConnection({ settings: this.settings, smtp, postmarkApi }));
    await this.policies.install([mailTemplatesPolicy]);
  }
}

/** What the context needs for mails, besides `MailSettings`. */
export const mailParts: readonly Provider[] = [
  ...[MailContents, MailSetup, SendMailHandler, SentMails, SuppressBounced, Suppressions, Templates],
  {
    provide: MAIL,
    inject: [MailSettings, RateStore, LaneGates],
    useFactory: (settings: MailSettings, rates: RateStore, gates: LaneGates) =>
      connectMail(settings, rates, gates),
  },
  { provide: Mailer, inject: [MAIL], useFactory: ({ mailer }: MailConnector) => mailer },
];
