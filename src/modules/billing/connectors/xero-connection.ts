import type { Connection, ConnectionCheck, MissingPart } from '../../../shared/connectors/connections.js';
import type { SecretStore } from '../../../shared/secrets/secret-store.js';
import type { OauthGrants } from '../persistence/oauth-grants.js';
import { checked, secretCheck } from './checks.js';
import type { XeroConnector } from './connect-xero.js';
import { explainXero } from './xero-errors.js';
import { xeroOrganisationOf } from './xero-answers.js';
import type { XeroSettings } from './xero-settings.js';

export interface XeroConnectionParts {
  readonly settings: XeroSettings;
  readonly connector: Pick<XeroConnector, 'api' | 'tokens'>;
  readonly grants: OauthGrants;
  readonly secrets: SecretStore;
  /** Where Xero sends people back. */
  readonly redirectUri: string;
}

const setApp = 'Set XERO_CLIENT_ID and XERO_CLIENT_SECRET to those of the app.';
const authorise =
  'Check the client secret; without a custom connection begin an authorization by POST /oauth/xero/start.';

/** How Xero is connected. Nothing of ours has to be made there. */
export class XeroConnection implements Connection {
  readonly provider = 'xero';
  readonly title = 'Xero';
  readonly channel = 'xero';
  readonly steps: readonly string[];

  constructor(private readonly parts: XeroConnectionParts) {
    this.steps = [
      'In Xero’s developer portal (developer.xero.com, My Apps) make an app. In Australia, New Zealand, the UK and the US ' +
        'a custom connection to one organisation is the simplest; elsewhere choose a web app.',
      'A custom connection: choose the scopes accounting.invoices.read, accounting.contacts.read and ' +
        'accounting.settings.read, and let somebody of the organisation authorise it.',
      `A web app: enter ${parts.redirectUri} as its redirect URI.`,
      'Set XERO_CLIENT_ID and XERO_CLIENT_SECRET, and start Signalbox.',
      'A web app: POST /oauth/xero/start with an API key, and open the address that it answers within ten minutes.',
      'For several organisations set XERO_TENANT_ID to the one that is to be read.',
      'On the app’s page Webhooks choose Invoices and Credit notes, enter {url} as the delivery URL, and set ' +
        'XERO_WEBHOOK_KEY to the key. Then press "Send intent to receive".',
      'Ask whether Xero’s own invoice reminders are on (by default 7, 14 and 21 days after the due date): customers should ' +
        'not be reminded twice.',
    ];
  }

  async check(signal: AbortSignal): Promise<readonly ConnectionCheck[]> {
    const { settings, connector, secrets } = this.parts;
    const hasApp = settings.clientId !== undefined && (await settings.clientSecret()) !== undefined;
    const app: ConnectionCheck = hasApp
      ? { name: 'app', ok: true, detail: `The client id is ${settings.clientId}.` }
      : { name: 'app', ok: false, detail: 'No client id or no client secret is known.', remedy: setApp };
    const webhook = secretCheck(
      'webhook key',
      await secrets.valid('xero.webhook-key'),
      'Set XERO_WEBHOOK_KEY.',
    );
    if (!hasApp) return [app, webhook];
    const credentials = await checked('credentials', authorise, async () => this.describeGrant());
    const organisation = await checked(
      'organisation',
      'Set XERO_TENANT_ID to one that is authorised.',
      async () => {
        const { name, timeZone } = xeroOrganisationOf(await connector.api.organisation(signal));
        return `${name}; its days begin in ${timeZone}.`;
      },
    );
    return [app, credentials, organisation, webhook];
  }

  async missing(): Promise<readonly MissingPart[]> {
    return [];
  }

  async create(): Promise<readonly string[]> {
    return [];
  }

  private async describeGrant(): Promise<string> {
    const { connector, grants, settings } = this.parts;
    const { tenantId } = await connector.tokens.current().catch((error: unknown) => {
      throw explainXero(error).error;
    });
    const state = await grants.state({ provider: 'xero', clientId: settings.clientId ?? '' });
    const how = state?.hasRefresh ? `authorised by ${state.authorisedBy}` : 'a custom connection';
    return `A token was given: ${how}, organisation ${tenantId}.`;
  }
}
