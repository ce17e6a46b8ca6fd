import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { Channel, Draft, Secrets, SignedDraft } from '../../src/modules/intake/channels/channel.js';
import { noSecret } from '../../src/modules/intake/channels/channel.js';
import { Channels } from '../../src/modules/intake/channels/channels.js';
import { Forms } from '../../src/modules/intake/persistence/forms.js';
import { contactForm } from '../../src/modules/intake/domain/form.js';
import { formsSecret, previousFormsSecret, testApplication } from '../support/application.js';
import type { TestApplication } from '../support/application.js';

export const publicUrl = 'https://hooks.example.com';

const events = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const previousEvents = `whsec_${Buffer.alloc(32, 6).toString('base64')}`;

/** Two values for each, as during a rotation: the newer one and the one before. */
export const channelEnvironment: Readonly<Record<string, string>> = {
  FORMS_SIGNING_SECRET: `${formsSecret} ${previousFormsSecret}`,
  TYPEFORM_SECRET: 'typeform-secret-new typeform-secret-old',
  WHATSAPP_APP_SECRET: 'whatsapp-app-secret-new whatsapp-app-secret-old',
  WHATSAPP_VERIFY_TOKEN: 'whatsapp-verify-token',
  POSTMARK_WEBHOOK_USER: 'postmark',
  POSTMARK_WEBHOOK_PASSWORD: 'postmark-password-new postmark-password-old',
  SENDGRID_WEBHOOK_USER: 'sendgrid',
  SENDGRID_WEBHOOK_PASSWORD: 'sendgrid-password-new sendgrid-password-old',
  MAILGUN_SIGNING_KEY: 'mailgun-key-new mailgun-key-old',
  MAIL_WEBHOOK_USER: 'mailserver',
  MAIL_WEBHOOK_PASSWORD: 'mailserver-password-new mailserver-password-old',
  HUBSPOT_CLIENT_SECRET: 'hubspot-client-secret-new hubspot-client-secret-old',
  XERO_WEBHOOK_KEY: 'xero-webhook-key-new xero-webhook-key-old',
  STRIPE_WEBHOOK_SECRET: 'whsec_stripe-secret-new whsec_stripe-secret-old',
  ZENDESK_WEBHOOK_SECRET: 'zendesk-secret-new zendesk-secret-old',
  ALERTMANAGER_WEBHOOK_TOKEN: 'alertmanager-token-new alertmanager-token-old',
  EVENTS_SIGNING_SECRET: `${events} ${previousEvents}`,
};

/** Channels whose path takes a source, and one that exists. */
const sources: Readonly<Record<string, string>> = {
  forms: 'contact',
  typeform: 'survey',
  'html-form': 'site',
};

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Counts {
  readonly inbound: number;
  readonly keys: number;
  readonly messages: number;
  readonly data_keys: number;
  readonly bodies: number;
}

/** Sends to a gateway what a channel's provider would send, and worse. */
export class ChannelDriver {
  private constructor(readonly app: TestApplication) {}

  static async start(env: Readonly<Record<string, string>> = channelEnvironment): Promise<ChannelDriver> {
    // Only the gateway, with every flow off: what is tried is what it accepts, refuses and keeps.
    const app = await testApplication({
      SIGNALBOX_ROLES: 'gateway',
      SIGNALBOX_FLOW_MODE: 'off',
      PUBLIC_URL: publicUrl,
      ...env,
    });
    const forms = app.app.get(Forms, { strict: false });
    await forms.put({ ...contactForm, name: 'survey', via: 'typeform' }, 'test');
    const settings = { origins: ['https://www.example.com'], honeypot: 'website_url', perMinute: 10_000 };
    await forms.put({ ...contactForm, name: 'site', via: 'html', settings }, 'test');
    return new ChannelDriver(app);
  }

  get channels(): readonly Channel[] {
    return this.app.app.get(Channels, { strict: false }).all;
  }

  /** Path and source of a channel's address. */
  pathOf({ name, path }: Channel): { path: string; source: string } {
    const source = path.includes(':source') ? (sources[name] ?? '') : '';
    return { path: `/webhooks/${path.replace(':source', source)}`, source };
  }

  /** An example of a channel, unsigned. */
  example(channel: Channel, now = new Date()): Draft {
    return channel.example(this.pathOf(channel).source, randomUUID(), now);
  }

  sign(
    channel: Channel,
    draft: Draft,
    options: { now?: Date; secrets?: Secrets; id?: string } = {},
  ): SignedDraft {
    const { now = new Date(), secrets = activeSecrets, id = `msg_${randomUUID()}` } = options;
    return channel.sign(draft, { secrets, now, id, url: `${publicUrl}${this.pathOf(channel).path}` });
  }

  genuine(channel: Channel): SignedDraft {
    return this.sign(channel, this.example(channel));
  }

  async send(
    channel: Channel,
    signed: SignedDraft,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const headers = { 'content-type': signed.contentType, ...signed.headers, ...more };
    return post(`${this.app.url}${this.pathOf(channel).path}`, signed.body, headers);
  }

  async counts(): Promise<Counts> {
    const [row] = await this.app.db.database.query<Counts>(
      `select (select count(*)::int from intake.inbound) as inbound,
         (select count(*)::int from intake.dedupe_keys) as keys,
         (select count(*)::int from messaging.messages) as messages,
         (select count(*)::int from crypto.data_keys) as data_keys,
         (select count(*)::int from intake.raw_bodies) as bodies`,
    );
    return row as Counts;
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

/** The newer value of each secret. */
export const activeSecrets: Secrets = (name) => valuesOf(name).slice(0, 1);
/** The value before it. */
export const previousSecrets: Secrets = (name) => valuesOf(name).slice(-1);
/** Values that no channel knows. */
export const wrongSecrets: Secrets = (name) =>
  valuesOf(name).map((value) =>
    value.startsWith('whsec_') ? `whsec_${Buffer.alloc(32, 1).toString('base64')}` : 'a-wrong-secret-value',
  );

function valuesOf(name: string): readonly string[] {
  if (name === noSecret) return [];
  const variable = name.toUpperCase().replace(/[.-]/g, '_');
  return (channelEnvironment[variable] ?? '').split(' ');
}

/** Sends exactly these headers, in this spelling. */
export function post(
  url: string,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
  method = 'POST',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      url,
      { method, headers: { ...headers, 'content-length': body.length } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            body: Buffer.concat(chunks).toString(),
            headers: answer.headers,
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
