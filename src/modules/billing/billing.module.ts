import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { Config } from '../../shared/config/config.js';
import { Connections } from '../../shared/connectors/connections.js';
import { Polls } from '../../shared/connectors/polls.js';
import { RateStore } from '../../shared/connectors/rate-bucket.js';
import { CONFIG } from '../../shared/core.module.js';
import { Clock } from '../../shared/kernel/clock.js';
import { LaneGates } from '../../shared/messaging/lane-gates.js';
import { PolicyStore } from '../../shared/policies/policy-store.js';
import { SecretStore } from '../../shared/secrets/secret-store.js';
import { connectStripe, type StripeConnector } from './connectors/connect-stripe.js';
import { connectXero, type XeroConnector } from './connectors/connect-xero.js';
import { InvoiceSources } from './connectors/invoice-sources.js';
import { StripeConnection } from './connectors/stripe-connection.js';
import { storedStripeSettings, StripeSettings } from './connectors/stripe-settings.js';
import { XeroConnection } from './connectors/xero-connection.js';
import { XeroInvoicesPoll } from './connectors/xero-poll.js';
import { storedXeroSettings, XeroSettings } from './connectors/xero-settings.js';
import { OauthController } from './http/oauth.controller.js';
import { OauthGrants } from './persistence/oauth-grants.js';
import { OauthStates } from './persistence/oauth-states.js';
import { OverdueEvents } from './persistence/overdue-events.js';
import { ScanRows } from './persistence/scan-rows.js';
import { dunningPolicy } from './policies/dunning.policy.js';
import { AuthorizeXero } from './use-cases/authorize-xero.js';
import { CheckInvoiceHandler } from './use-cases/check-invoice.js';
import { DuesUnchanged } from './use-cases/dues-unchanged.js';
import { OverdueScan } from './use-cases/overdue-scan.js';
import { PlanReminderHandler } from './use-cases/plan-reminder.js';
import { RunOverdueScan, ScanSettings } from './use-cases/run-overdue-scan.js';
import { WatchDues } from './use-cases/watch-dues.js';

const XERO = Symbol('Xero');
const STRIPE = Symbol('Stripe');

/** What is due: invoices of the accounting systems that are connected. */
@Module({
  controllers: [OauthController],
  providers: [
    CheckInvoiceHandler,
    DuesUnchanged,
    OauthGrants,
    OauthStates,
    OverdueEvents,
    OverdueScan,
    PlanReminderHandler,
    RunOverdueScan,
    ScanRows,
    WatchDues,
    { provide: XeroSettings, inject: [CONFIG, SecretStore], useFactory: storedXeroSettings },
    { provide: StripeSettings, inject: [CONFIG, SecretStore], useFactory: storedStripeSettings },
    {
      provide: XERO,
      inject: [XeroSettings, OauthGrants, RateStore, LaneGates, Clock],
      useFactory: (
        settings: XeroSettings,
        grants: OauthGrants,
        rates: RateStore,
        gates: LaneGates,
        clock: Clock,
      ) => connectXero({ settings, grants, rates, gates, now: () => clock.now() }),
    },
    { provide: STRIPE, inject: [StripeSettings, RateStore, LaneGates], useFactory: connectStripe },
    {
      provide: InvoiceSources,
      inject: [XERO, STRIPE],
      useFactory: (xero: XeroConnector, stripe: StripeConnector) =>
        new InvoiceSources([xero.invoices, stripe.invoices]),
    },
    {
      provide: AuthorizeXero,
      inject: [XeroSettings, XERO, OauthStates, OauthGrants, CONFIG],
      useFactory: (
        settings: XeroSettings,
        { oauth }: XeroConnector,
        states: OauthStates,
        grants: OauthGrants,
        config: Config,
      ) => new AuthorizeXero({ settings, oauth, states, grants, redirectUri: redirectUri(config) }),
    },
    {
      provide: ScanSettings,
      inject: [CONFIG],
      useFactory: ({ roles }: Config) => new ScanSettings(roles.has('scheduler')),
    },
    {
      provide: XeroConnection,
      inject: [XeroSettings, XERO, OauthGrants, SecretStore, CONFIG],
      useFactory: (
        settings: XeroSettings,
        connector: XeroConnector,
        grants: OauthGrants,
        secrets: SecretStore,
        config: Config,
      ) => new XeroConnection({ settings, connector, grants, secrets, redirectUri: redirectUri(config) }),
    },
    {
      provide: StripeConnection,
      inject: [StripeSettings, STRIPE, SecretStore],
      useFactory: (settings: StripeSettings, { api }: StripeConnector, secrets: SecretStore) =>
        new StripeConnection({ settings, api, secrets }),
    },
  ],
  exports: [InvoiceSources, OverdueScan],
})
export class BillingModule implements OnModuleInit {
  constructor(
    @Inject(XERO) private readonly xero: XeroConnector,
    private readonly polls: Polls,
    private readonly connections: Connections,
    private readonly xeroConnection: XeroConnection,
    private readonly stripeConnection: StripeConnection,
    private readonly policies: PolicyStore,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.policies.install([dunningPolicy]);
    this.polls.add(new XeroInvoicesPoll(this.xero.api));
    this.connections.add(this.xeroConnection);
    this.connections.add(this.stripeConnection);
  }
}

function redirectUri({ http }: Config): string {
  return `${http.publicUrl}/oauth/xero/callback`;
}
