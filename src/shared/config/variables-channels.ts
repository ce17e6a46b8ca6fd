import { matching, secret, secretTexts, webhookSecrets, wholeNumber } from './shapes.js';
import { optional, withDefault } from './variable.js';

const group = 'Channels';
const ROTATION = 'two of them, blank-separated with the newer first, during a rotation';

/** A secret by which a channel knows its provider. */
function signing(whose: string, where: string) {
  return optional(`none: ${whose} is closed`, {
    group,
    shape: `the secret without blanks; ${ROTATION}`,
    remedy: `Copy it from ${where}.`,
    does: `Verifies what comes from ${whose}.`,
    secret: true,
    parse: secretTexts(),
  });
}

function standardWebhooks(what: string) {
  return optional(`none: ${what} are closed`, {
    group,
    shape: `\`whsec_\` and base64 of 24 to 64 bytes; ${ROTATION}`,
    remedy: 'Take it from the sender, or make one: `whsec_` and `openssl rand -base64 32`.',
    does: `Verifies ${what} (Standard Webhooks).`,
    secret: true,
    parse: webhookSecrets(),
  });
}

function user(whose: string) {
  return optional(`none: ${whose} is closed`, {
    group,
    shape: 'a name without colon and blanks',
    remedy: 'Choose one, and put it into the address that you give to the provider.',
    does: `User that ${whose} authenticates as (HTTP basic).`,
    parse: secret(matching(/^[^\s:]+$/)),
  });
}

function password(whose: string) {
  return optional(`none: ${whose} is closed`, {
    group,
    shape: `16 or more characters without blanks; ${ROTATION}`,
    remedy:
      'Make one with `openssl rand -hex 24`, and put it into the address that you give to the provider.',
    does: `Password of ${whose} (HTTP basic).`,
    secret: true,
    parse: secretTexts(16),
  });
}

/** The variables of channels: what comes in. */
export const CHANNEL_VARIABLES = {
  SIGNALBOX_WEBHOOK_RATE: withDefault('5000', {
    group,
    shape: 'a whole number, 1 to 1000000',
    remedy: 'Set it to what one source may send at the most.',
    does: 'Requests that each source of a channel may send a second, by process.',
    parse: wholeNumber(1, 1_000_000),
  }),
  FORMS_SIGNING_SECRET: optional(
    'embedded: generated in the data directory; in production none: forms are closed',
    {
      group,
      shape: `\`whsec_\` and base64 of 24 to 64 bytes; ${ROTATION}`,
      remedy: 'Take it from the sender of the forms, or make one: `whsec_` and `openssl rand -base64 32`.',
      does: 'Verifies forms that are signed by Standard Webhooks.',
      secret: true,
      parse: webhookSecrets(),
    },
  ),
  TYPEFORM_SECRET: signing('Typeform', 'the webhook’s settings in Typeform'),
  WHATSAPP_APP_SECRET: signing('WhatsApp', 'the basic settings of the app in Meta’s dashboard'),
  WHATSAPP_VERIFY_TOKEN: optional('none: Meta cannot verify the address', {
    group,
    shape: '8 or more characters without blanks',
    remedy: 'Choose one, and enter the same in Meta’s dashboard.',
    does: 'Answers Meta’s handshake when the webhook’s address is entered.',
    secret: true,
    parse: secretTexts(8),
  }),
  POSTMARK_WEBHOOK_USER: user('Postmark'),
  POSTMARK_WEBHOOK_PASSWORD: password('Postmark'),
  SENDGRID_WEBHOOK_USER: user('SendGrid'),
  SENDGRID_WEBHOOK_PASSWORD: password('SendGrid'),
  MAILGUN_SIGNING_KEY: signing('Mailgun', 'the webhook signing key in Mailgun’s settings'),
  MAIL_WEBHOOK_USER: user('a mail server that posts raw messages'),
  MAIL_WEBHOOK_PASSWORD: password('a mail server that posts raw messages'),
  XERO_WEBHOOK_KEY: signing('Xero', 'the webhooks page of the app in Xero’s developer portal'),
  STRIPE_WEBHOOK_SECRET: signing('Stripe', 'the webhook endpoint’s page in Stripe, `whsec_` included'),
  ZENDESK_WEBHOOK_SECRET: signing('Zendesk', 'the webhook’s page in Zendesk’s admin center'),
  ALERTMANAGER_WEBHOOK_TOKEN: optional('none: Alertmanager is closed', {
    group,
    shape: `16 or more characters without blanks; ${ROTATION}`,
    remedy: 'Make one with `openssl rand -hex 24`, and name it in the receiver’s `http_config`.',
    does: 'Bearer token by which Alertmanager is known.',
    secret: true,
    parse: secretTexts(16),
  }),
  EVENTS_SIGNING_SECRET: standardWebhooks('CloudEvents of other systems'),
};
