import { baseUrl, matching, secret, secretTexts, wholeNumber } from './shapes.js';
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
