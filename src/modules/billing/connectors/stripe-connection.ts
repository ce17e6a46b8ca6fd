import type { Connection, ConnectionCheck, MissingPart } from '../../../shared/connectors/connections.js';
import type { SecretStore } from '../../../shared/secrets/secret-store.js';
import { checked, secretCheck } from './checks.js';
import type { StripeApi } from './stripe-api.js';
import { stripePageOf, stripeTimeZoneOf } from './stripe-answers.js';
import type { StripeSettings } from './stripe-settings.js';

export interface StripeConnectionParts {
  readonly settings: StripeSettings;
  readonly api: StripeApi;
  readonly secrets: SecretStore;
}

const setKey = 'Set STRIPE_API_KEY to a secret or restricted key.';

/** How Stripe is connected. Nothing of ours has to be made there. */
export class StripeConnection implements Connection {
  readonly provider = 'stripe';
  readonly title = 'Stripe';
  readonly channel = 'stripe';
  readonly steps = [
    'In Stripe (Developers, API keys) make a restricted key that may read Invoices, Customers and the Account.',
    'Set STRIPE_API_KEY to it, and start Signalbox.',
    'In Stripe (Developers, Webhooks) add the endpoint {url} for the events invoice.*, and set STRIPE_WEBHOOK_SECRET to its ' +
      'signing secret, whsec_ included.',
    'For events when an invoice is overdue switch these on in Stripe’s settings of invoices; without them the hourly scan ' +
      'finds it.',
    'Ask whether Stripe’s own reminders are on (settings of invoices): customers should not be reminded twice.',
  ];

  constructor(private readonly parts: StripeConnectionParts) {}

  async check(signal: AbortSignal): Promise<readonly ConnectionCheck[]> {
    const { settings, api, secrets } = this.parts;
    const key = await settings.apiKey();
    const stored = await secrets.valid('stripe.webhook-secret');
    const webhook = secretCheck('webhook secret', stored, 'Set STRIPE_WEBHOOK_SECRET.');
    if (key === undefined) {
      return [{ name: 'key', ok: false, detail: 'No key is known.', remedy: setKey }, webhook];
    }
    const mode = /^[sr]k_live_/.test(key) ? 'live' : 'test';
    const invoices = await checked('invoices', 'Let the key read Invoices and Customers.', async () => {
      stripePageOf(await api.invoices({ status: 'open', limit: 1 }, signal));
      return `Invoices can be read, in ${mode} mode.`;
    });
    const account = await checked('account', 'Let the key read the Account.', async () => {
      return `Its days begin in ${stripeTimeZoneOf(await api.account(signal))}.`;
    });
    return [invoices, account, webhook];
  }

  async missing(): Promise<readonly MissingPart[]> {
    return [];
  }

  async create(): Promise<readonly string[]> {
    return [];
  }
}
