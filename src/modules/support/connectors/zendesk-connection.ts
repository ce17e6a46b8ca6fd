import type { Connection, ConnectionCheck, MissingPart } from '../../../shared/connectors/connections.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import type { SecretStore } from '../../../shared/secrets/secret-store.js';
import type { ZendeskApi } from './zendesk-api.js';
import type { ZendeskSettings } from './zendesk-settings.js';

export interface ZendeskConnectionParts {
  readonly settings: ZendeskSettings;
  readonly api: Pick<ZendeskApi, 'token' | 'me' | 'webhooks'>;
  readonly secrets: Pick<SecretStore, 'valid'>;
  /** Where its webhooks come. */
  readonly webhookUrl: string;
}

const setClient =
  'Set ZENDESK_BASE_URL, ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET to those of the OAuth client.';
const tickets = 'zen:event-type:ticket.';

/** How Zendesk is connected. Nothing of ours has to be made there. */
export class ZendeskConnection implements Connection {
  readonly provider = 'zendesk';
  readonly title = 'Zendesk';
  readonly channel = 'zendesk';
  readonly steps = [
    'In Zendesk’s admin center (Apps and integrations, APIs, OAuth clients) make a confidential client as an admin.',
    'Set ZENDESK_BASE_URL to the account’s address, ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET to the client’s, and start ' +
      'Signalbox.',
    'In Apps and integrations, Webhooks, create a webhook to {url} by POST in JSON without authentication, and subscribe it ' +
      'to the ticket events that you need.',
    'Reveal its signing secret, set ZENDESK_WEBHOOK_SECRET to it as it is, and start Signalbox again.',
    'Enable the poll zendesk-tickets: Zendesk repeats few of the webhooks that it could not deliver.',
  ];

  constructor(private readonly parts: ZendeskConnectionParts) {}

  async check(signal: AbortSignal): Promise<readonly ConnectionCheck[]> {
    const { settings, api, secrets, webhookUrl } = this.parts;
    const stored = (await secrets.valid('zendesk.webhook-secret')).length > 0;
    const secret: ConnectionCheck = stored
      ? { name: 'webhook secret', ok: true, detail: 'A secret is stored.' }
      : {
          ...{ name: 'webhook secret', ok: false, detail: 'None is stored: webhooks are refused.' },
          remedy: 'Set ZENDESK_WEBHOOK_SECRET.',
        };
    const credentials = await checked('credentials', setClient, async () => {
      await api.token(signal);
      return `The client ${settings.clientId} was given a token.`;
    });
    if (!credentials.ok) return [credentials, secret];
    const scope = await checked('scope read', 'Let the client have the scope read.', async () => {
      const { scopes } = await api.token(signal);
      if (!scopes.includes('read')) throw new Missing(`The token has ${scopes.join(' ') || 'none'}.`);
      return 'The token has it.';
    });
    const admin = await checked('role admin', 'Make the client as an admin: only admins may export.', () =>
      this.role(signal),
    );
    const webhook = await checked('webhook', `Create one to ${webhookUrl}, subscribed to tickets.`, () =>
      this.webhook(signal),
    );
    return [credentials, scope, admin, webhook, secret];
  }

  async missing(): Promise<readonly MissingPart[]> {
    return [];
  }

  async create(): Promise<readonly string[]> {
    return [];
  }

  private async role(signal: AbortSignal): Promise<string> {
    const { id, role } = await this.parts.api.me(signal);
    if (role !== 'admin') throw new Missing(`The token acts as the user ${id}, whose role is ${role}.`);
    return `The token acts as the user ${id}.`;
  }

  private async webhook(signal: AbortSignal): Promise<string> {
    const all = await this.parts.api.webhooks(signal);
    const mine = all.filter(({ endpoint }) => endpoint === this.parts.webhookUrl);
    const active = mine.filter(({ isActive }) => isActive);
    if (mine.length === 0) throw new Missing('No webhook leads here.');
    if (active.length === 0) throw new Missing('The webhook that leads here is switched off.');
    const subscriptions = active.flatMap((one) => one.subscriptions);
    const events = subscriptions.filter((name) => name.startsWith(tickets));
    if (subscriptions.includes('conditional_ticket_events')) return 'A trigger or an automation calls it.';
    if (events.length === 0) throw new Missing('The webhook that leads here has no subscription to tickets.');
    return `It is subscribed to ${events.length} kinds of ticket events.`;
  }
}

/** Answered, and not right. */
class Missing extends Error {}

async function checked(name: string, remedy: string, look: () => Promise<string>): Promise<ConnectionCheck> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    if (error instanceof Missing) return { name, ok: false, detail: error.message, remedy };
    if (!(error instanceof CodedError)) throw error;
    return { name, ok: false, detail: `${error.code}: ${error.message}`, remedy };
  }
}
