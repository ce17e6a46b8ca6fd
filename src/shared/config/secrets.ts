import type { Values } from './read-environment.js';
import type { Secret } from './secret.js';

/** Which variables seed which secrets of the store. */
const seeds = {
  'forms.signing-secret': 'FORMS_SIGNING_SECRET',
  'typeform.secret': 'TYPEFORM_SECRET',
  'whatsapp.app-secret': 'WHATSAPP_APP_SECRET',
  'whatsapp.verify-token': 'WHATSAPP_VERIFY_TOKEN',
  'postmark.webhook-user': 'POSTMARK_WEBHOOK_USER',
  'postmark.webhook-password': 'POSTMARK_WEBHOOK_PASSWORD',
  'sendgrid.webhook-user': 'SENDGRID_WEBHOOK_USER',
  'sendgrid.webhook-password': 'SENDGRID_WEBHOOK_PASSWORD',
  'mailgun.signing-key': 'MAILGUN_SIGNING_KEY',
  'mail.webhook-user': 'MAIL_WEBHOOK_USER',
  'mail.webhook-password': 'MAIL_WEBHOOK_PASSWORD',
  'xero.webhook-key': 'XERO_WEBHOOK_KEY',
  'stripe.webhook-secret': 'STRIPE_WEBHOOK_SECRET',
  'zendesk.webhook-secret': 'ZENDESK_WEBHOOK_SECRET',
  'alertmanager.webhook-token': 'ALERTMANAGER_WEBHOOK_TOKEN',
  'events.signing-secret': 'EVENTS_SIGNING_SECRET',
  'hubspot.client-secret': 'HUBSPOT_CLIENT_SECRET',
  'hubspot.access-token': 'HUBSPOT_ACCESS_TOKEN',
  'xero.client-secret': 'XERO_CLIENT_SECRET',
  'stripe.api-key': 'STRIPE_API_KEY',
  'slack.bot-token': 'SLACK_BOT_TOKEN',
  'zendesk.client-secret': 'ZENDESK_CLIENT_SECRET',
  'whatsapp.access-token': 'WHATSAPP_ACCESS_TOKEN',
  'endpoints.signing-secret': 'ENDPOINTS_SIGNING_SECRET',
  'smtp.url': 'SMTP_URL',
  'smtp.oauth-client-id': 'SMTP_OAUTH_CLIENT_ID',
  'smtp.oauth-client-secret': 'SMTP_OAUTH_CLIENT_SECRET',
  'smtp.oauth-refresh-token': 'SMTP_OAUTH_REFRESH_TOKEN',
  'postmark.server-token': 'POSTMARK_SERVER_TOKEN',
} as const satisfies Readonly<Record<string, keyof Values>>;

/** The sandbox's credentials have names of their own, so that a real one is never hidden by them. */
export const sandboxSecrets = {
  'hubspot.access-token': 'hubspot.sandbox-token',
  'xero.client-secret': 'xero.sandbox-client-secret',
  'stripe.api-key': 'stripe.sandbox-api-key',
  'slack.bot-token': 'slack.sandbox-bot-token',
  'zendesk.client-secret': 'zendesk.sandbox-client-secret',
  'whatsapp.access-token': 'whatsapp.sandbox-access-token',
  'postmark.server-token': 'postmark.sandbox-token',
} as const;

export const sandboxTokenName = sandboxSecrets['hubspot.access-token'];

/** A credential that is the sandbox's where its provider is. */
export type ProviderSecret = keyof typeof sandboxSecrets;
export type SecretName = keyof typeof seeds | (typeof sandboxSecrets)[ProviderSecret];

/**
 * What the environment gives for each secret, the newest first.
 * @param sandboxed credentials whose provider is the sandbox
 */
export function secretsOf(
  values: Values,
  sandboxed: ReadonlySet<ProviderSecret | 'smtp.url'>,
): Readonly<Record<SecretName, readonly Secret[]>> {
  const given = Object.entries(seeds).map(([name, variable]) => [name, listOf(values[variable])]);
  const secrets = Object.fromEntries(given) as Record<SecretName, readonly Secret[]>;
  for (const [name, sandboxName] of Object.entries(sandboxSecrets) as [
    ProviderSecret,
    (typeof sandboxSecrets)[ProviderSecret],
  ][]) {
    const isSandbox = sandboxed.has(name);
    secrets[sandboxName] = isSandbox ? secrets[name] : [];
    if (isSandbox) secrets[name] = [];
  }
  // Its port is another one at each start: kept, it would be wrong the next time.
  if (sandboxed.has('smtp.url')) secrets['smtp.url'] = [];
  return secrets;
}

function listOf(value: Secret | readonly Secret[] | undefined): readonly Secret[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly Secret[]) : [value as Secret];
}
