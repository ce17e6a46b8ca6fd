import { baseUrl, matching, origins, secret, secretTexts, webhookSecrets, wholeNumber } from './shapes.js';
import { optional } from './variable.js';

/** The variables of providers: what is called. */
export const PROVIDER_VARIABLES = {
  HUBSPOT_BASE_URL: optional('embedded without a token: the sandbox; otherwise `https://api.hubapi.com`', {
    group: 'Providers',
    shape: 'an `http://` or `https://` URL without query',
    remedy: 'Unset it to use HubSpot itself.',
    does: 'Where HubSpot’s API is.',
    parse: baseUrl(),
  }),
  HUBSPOT_ACCESS_TOKEN: optional('embedded: the sandbox’s; in production none: HubSpot is not connected', {
    group: 'Providers',
    shape: 'the access token of a HubSpot private app',
    remedy: 'Copy it from the private app’s page in HubSpot, without blanks.',
    does: 'Authorises the calls to HubSpot.',
    secret: true,
    parse: secret(matching(/^\S+$/)),
  }),
  HUBSPOT_CLIENT_SECRET: optional('none: HubSpot’s webhook is closed', {
    group: 'Providers',
    shape:
      'the client secret of the HubSpot app; two of them, blank-separated with the newer first, during a rotation',
    remedy: 'Copy it from the app’s page in HubSpot, without blanks.',
    does: 'Verifies webhooks from HubSpot.',
    secret: true,
    parse: secretTexts(),
  }),
  XERO_BASE_URL: optional('embedded without a client id: the sandbox; otherwise `https://api.xero.com`', {
    group: 'Providers',
    shape: 'an `http://` or `https://` URL without query',
    remedy: 'Unset it to use Xero itself.',
    does: 'Where Xero’s API is.',
    parse: baseUrl(),
  }),
  XERO_TOKEN_URL: optional('embedded: the sandbox’s; otherwise `https://identity.xero.com/connect/token`', {
    group: 'Providers',
    shape: 'an `http://` or `https://` URL without query',
    remedy: 'Unset it to use Xero itself.',
    does: 'Where Xero gives out tokens; consent is asked for beside it.',
    parse: baseUrl(),
  }),
  XERO_CLIENT_ID: optional('embedded: the sandbox’s; in production none: Xero is not connected', {
    group: 'Providers',
    shape: 'the client id of a Xero app',
    remedy: 'Copy it from the app’s page in Xero’s developer portal, without blanks.',
    does: 'The app by which Xero is reached: a custom connection, or one that somebody authorises.',
    parse: matching(/^\S+$/),
  }),
  XERO_CLIENT_SECRET: optional('embedded: the sandbox’s; in production none: Xero is not connected', {
    group: 'Providers',
    shape: 'the client secret of the Xero app',
    remedy: 'Copy it from the app’s page in Xero’s developer portal, without blanks.',
    does: 'Authenticates the app to Xero.',
    secret: true,
    parse: secret(matching(/^\S+$/)),
  }),
  XERO_TENANT_ID: optional('the organisation that was authorised, where it is one', {
    group: 'Providers',
    shape: 'the id of an organisation, as `GET /connections` of Xero tells it',
    remedy: 'Set it when the app is authorised for several organisations, or unset it.',
    does: 'Which organisation of Xero is read.',
    parse: matching(/^[\da-fA-F]{8}(-[\da-fA-F]{4}){3}-[\da-fA-F]{12}$/),
  }),
  STRIPE_BASE_URL: optional('embedded without a key: the sandbox; otherwise `https://api.stripe.com`', {
    group: 'Providers',
    shape: 'an `http://` or `https://` URL without query',
    remedy: 'Unset it to use Stripe itself.',
    does: 'Where Stripe’s API is.',
    parse: baseUrl(),
  }),
  STRIPE_API_KEY: optional('embedded: the sandbox’s; in production none: Stripe is not connected', {
    group: 'Providers',
    shape: 'a secret or restricted key of Stripe, `sk_…` or `rk_…`',
    remedy:
      'Make a restricted key that may read invoices, customers and the account, and copy it without blanks.',
    does: 'Authorises the calls to Stripe.',
    secret: true,
    parse: secret(matching(/^\S+$/)),
  }),
  SLACK_BASE_URL: optional('embedded without a token: the sandbox; otherwise `https://slack.com/api`', {
    group: 'Providers',
    shape: 'an `http://` or `https://` URL without query',
    remedy: 'Unset it to use Slack itself.',
    does: 'Where Slack’s Web API is.',
    parse: baseUrl(),
  }),
  SLACK_BOT_TOKEN: optional('embedded: the sandbox’s; in production none: Slack is not connected', {
    group: 'Providers',
    shape: 'the bot token of a Slack app, `xoxb-…`',
    remedy: 'Copy the “Bot User OAuth Token” from the app’s page in Slack, without blanks.',
    does: 'Authorises the calls to Slack.',
    secret: true,
    parse: secret(matching(/^\S+$/)),
  }),
  ENDPOINTS_SIGNING_SECRET: optional('embedded: a generated one; in production none: no endpoint is called', {
    group: 'Providers',
    shape:
      '`whsec_` and base64 of 24 to 64 bytes; two of them, blank-separated with the newer first, during a rotation',
    remedy: 'Generate one: `echo whsec_$(openssl rand -base64 32)`.',
    does: 'Signs requests to the endpoints of the policy `http-endpoints`, by each of the two.',
    secret: true,
    parse: webhookSecrets(),
  }),
  SIGNALBOX_PRIVATE_ENDPOINTS: optional('none, and the sandbox’s where there is one', {
    group: 'Providers',
    shape: 'origins, comma-separated: `http://n8n:5678,https://10.0.0.7`',
    remedy: 'Write scheme, host and port of each, and nothing else.',
    does: 'Origins of this network that endpoints may have. All others have to be of https and lead to public addresses.',
    parse: origins(),
  }),
  SIGNALBOX_SANDBOX_URL: optional('embedded: the sandbox that it starts; otherwise none', {
    group: 'Providers',
    shape: 'an `http://` or `https://` URL without query',
    remedy: 'Set it to the address that `npm run sandbox` prints, or unset it.',
    does: 'A running sandbox. A connector whose base URL lies under it counts as the sandbox’s.',
    parse: baseUrl(),
  }),
  SIGNALBOX_SANDBOX_PORT: optional('a free one is picked', {
    group: 'Providers',
    shape: 'a port number, 1 to 65535',
    remedy: 'Set it to a number that no other program uses, or unset it.',
    does: 'Embedded profile: port of its sandbox on 127.0.0.1.',
    parse: wholeNumber(1, 65535),
  }),
};
