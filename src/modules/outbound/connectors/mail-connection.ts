import type { Connection, ConnectionCheck, MissingPart } from '../../../shared/connectors/connections.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import { domainOf } from '../domain/mail-address.js';
import type { MailSettings } from './mail-settings.js';
import type { PostmarkApi } from './postmark-api.js';
import { smtpServerOf, type SmtpServer } from './smtp-server.js';
import type { SmtpMailer } from './smtp-mailer.js';

export interface MailConnectionParts {
  readonly settings: MailSettings;
  readonly smtp: SmtpMailer;
  readonly postmarkApi: PostmarkApi;
}

const setEither = 'Set SMTP_URL, or POSTMARK_SERVER_TOKEN.';
const protection: Record<SmtpServer['tls'], string> = {
  implicit: 'over TLS',
  required: 'over STARTTLS',
  offered: 'by STARTTLS where it offers it',
  none: 'in clear',
};

/** What an SPF record includes for providers that are known by their host; nothing of it is looked up. */
const spfIncludes: readonly (readonly [host: RegExp, include: string])[] = [
  [/(^|\.)(gmail|google)\.com$/, '_spf.google.com'],
  [/(^|\.)(office365|outlook)\.com$/, 'spf.protection.outlook.com'],
  [/(^|\.)amazonaws\.com$/, 'amazonses.com'],
  [/(^|\.)mailgun\.org$/, 'mailgun.org'],
  [/(^|\.)sendgrid\.net$/, 'sendgrid.net'],
  [/(^|\.)(mtasv\.net|postmarkapp\.com)$/, 'spf.mtasv.net'],
];

/** How mails are let out. Nothing of ours has to be made there, and no mail is sent. */
export class MailConnection implements Connection {
  readonly provider = 'mail';
  readonly title = 'Mail';
  /** The reports of a mail server come there; Postmark has a channel of its own. */
  readonly channel = 'mail';
  readonly steps = [
    'Set MAIL_FROM to an address that your provider lets you send from, and either SMTP_URL or POSTMARK_SERVER_TOKEN.',
    'In the DNS of the sender’s domain publish SPF, DKIM and DMARC as your provider’s pages say: large mailbox providers refuse mails without them.',
    'Set MAIL_REPLY_TO to a mailbox whose mails, plus addresses included, reach a channel of Signalbox (docs/channels), so that answers are seen.',
    'SMTP: set MAIL_RETURN_PATH to a mailbox whose mails reach a channel of Signalbox, so that bounces suppress their address.',
    'Postmark: in the stream’s webhooks add the address of the channel postmark (docs/channels/postmark.md), and tick Bounce and Spam complaint.',
  ];

  constructor(private readonly parts: MailConnectionParts) {}

  async check(signal: AbortSignal): Promise<readonly ConnectionCheck[]> {
    const { settings } = this.parts;
    const token = await settings.postmarkToken();
    const url = await settings.smtpUrl();
    const provider = token !== undefined ? await this.postmark(signal) : await this.smtp(url, signal);
    const host = token !== undefined ? 'api.postmarkapp.com' : url && smtpServerOf(url)?.host;
    return [this.sender(), ...provider, ...this.domain(host)];
  }

  async missing(): Promise<readonly MissingPart[]> {
    return [];
  }

  async create(): Promise<readonly string[]> {
    return [];
  }

  private sender(): ConnectionCheck {
    const { sender } = this.parts.settings;
    const name = 'sender';
    if (sender) return { name, ok: true, detail: `Mails are from ${sender.from.address}.` };
    return { name, ok: false, detail: 'Nobody is named whom mails are from.', remedy: 'Set MAIL_FROM.' };
  }

  private async smtp(url: string | undefined, signal: AbortSignal): Promise<readonly ConnectionCheck[]> {
    const name = 'mail server';
    if (url === undefined) return [{ name, ok: false, detail: 'None is known.', remedy: setEither }];
    return [
      await checked(name, 'Look at host, port, user and password in SMTP_URL.', async () => {
        const { host, port, tls, user } = await this.parts.smtp.check(signal);
        const signedIn = user === undefined ? 'nobody signed in' : 'it took the credentials';
        return `${host}:${port} answers ${protection[tls]}, ${signedIn}.`;
      }),
    ];
  }

  private async postmark(signal: AbortSignal): Promise<readonly ConnectionCheck[]> {
    const { settings, postmarkApi } = this.parts;
    const { stream } = settings.postmark;
    const server = await checked('server token', 'Copy the server API token from Postmark.', async () => {
      const { Name: name, DeliveryType: delivery } = await postmarkApi.server(signal);
      const drops = delivery === 'Sandbox' ? ' It is a sandbox server: its mails reach nobody.' : '';
      return `It is of the server ${lineOf(name)}.${drops}`;
    });
    const remedy = 'Set POSTMARK_MESSAGE_STREAM to the id of a transactional stream.';
    const found = await checked(`message stream ${stream}`, remedy, async () => {
      const { MessageStreamType: type } = await postmarkApi.stream(stream, signal);
      return type === 'Transactional' ? 'It is a transactional one.' : `It is of type ${lineOf(type)}.`;
    });
    return [server, found];
  }

  /** Hints: whether the DNS has these records is for its owner to see. */
  private domain(host: string | undefined): readonly ConnectionCheck[] {
    const { sender } = this.parts.settings;
    if (!sender) return [];
    const domain = domainOf(sender.from.address);
    const include = spfIncludes.find(([known]) => known.test(host ?? ''))?.[1];
    const spf =
      include === undefined
        ? 'an SPF record that names your mail server'
        : `an SPF record with include:${include}`;
    return [
      {
        name: 'sender’s domain (not looked up)',
        ok: true,
        detail: `${domain} should have ${spf}, the DKIM key of your provider, and a DMARC record at _dmarc.${domain}.`,
      },
    ];
  }
}

async function checked(name: string, remedy: string, look: () => Promise<string>): Promise<ConnectionCheck> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    if (!(error instanceof CodedError)) return { name, ok: false, detail: 'It failed unexpectedly.', remedy };
    const { status, transport } = error.details;
    const known = [status, transport].filter((one) => typeof one === 'number' || typeof one === 'string');
    const why = known.join(' ');
    return { name, ok: false, detail: `${error.code}: ${error.message}${why && ` (${why})`}`, remedy };
  }
}

function lineOf(value: unknown): string {
  return typeof value === 'string' ? value.replace(/\p{Cc}+/gu, ' ').slice(0, 80) : '(unnamed)';
}
