import { connectMail, type MailConnector } from '../../src/modules/outbound/connectors/connect-mail.js';
import { MailSettings, type SmtpOauth } from '../../src/modules/outbound/connectors/mail-settings.js';
import type { ArrivedMail, MailWorld } from '../../src/modules/outbound/connectors/mail-world.js';
import type { Mailer } from '../../src/modules/outbound/connectors/mailer.js';
import { LaneGates } from '../../src/shared/messaging/lane-gates.js';
import { FreeRates } from './free-rates.js';
import { MailSandbox, postmarkToken } from './mail-sandbox.js';

/** Settings that a test changes. */
export class TestMailSettings extends MailSettings {
  sender: MailSettings['sender'] = { from: { address: 'billing@example.com', name: 'Billing' } };
  perMinute = 600;
  postmark = { baseUrl: 'http://127.0.0.1:9', stream: 'outbound' };
  token: string | undefined;
  url: string | undefined;
  oauth: SmtpOauth | undefined;
  readonly kept: string[] = [];

  async postmarkToken(): Promise<string | undefined> {
    return this.token;
  }
  async smtpUrl(): Promise<string | undefined> {
    return this.url;
  }
  async smtpOauth(): Promise<SmtpOauth | undefined> {
    return this.oauth;
  }
  async keepRefreshToken(token: string): Promise<void> {
    this.kept.push(token);
    if (this.oauth) this.oauth = { ...this.oauth, refreshToken: token };
  }
}

const faults = {
  smtp: {
    busy: ['mail', 'smtp-451'],
    rejected: ['data', 'smtp-554'],
    sender: ['mail', 'smtp-550-policy'],
    credentials: ['auth', 'smtp-535'],
  },
  postmark: {
    busy: ['/email', 'postmark-503'],
    rejected: ['/email', 'postmark-422'],
    sender: ['/email', 'postmark-400'],
    credentials: ['/email', 'postmark-401'],
  },
} as const;

/** Both adapters over the sandbox's mailbox. */
export class TestMailWorld implements MailWorld {
  readonly settings = new TestMailSettings();
  readonly gates = new LaneGates();
  readonly rates = new FreeRates();
  readonly sandbox: MailSandbox;
  readonly canTell: boolean;

  private constructor(
    readonly way: 'smtp' | 'postmark',
    url: string,
  ) {
    this.sandbox = new MailSandbox(url);
    this.canTell = way === 'postmark';
  }

  static async over(url: string, way: 'smtp' | 'postmark'): Promise<TestMailWorld> {
    const world = new TestMailWorld(way, url);
    const { settings, sandbox } = world;
    settings.url = (await sandbox.smtpUrl()).replace('smtp://', 'smtp://user:sandbox-smtp-password@');
    settings.postmark = { baseUrl: `${url}/postmark`, stream: 'outbound' };
    if (way === 'postmark') settings.token = postmarkToken;
    await sandbox.admin('PUT', '/mail/settings', { indexLagMs: 0 });
    return world;
  }

  connect(bounds: Parameters<typeof connectMail>[3] = {}): MailConnector {
    return connectMail(this.settings, this.rates, this.gates, { timeoutMs: 2_000, ...bounds });
  }

  get mailer(): Mailer {
    return this.connect()[this.way];
  }

  mails(): Promise<ArrivedMail[]> {
    return this.sandbox.mails();
  }

  async block(address: string): Promise<void> {
    if (this.way === 'smtp') return this.sandbox.fault('rcpt', 'smtp-550-unknown');
    const body = JSON.stringify({ Suppressions: [{ EmailAddress: address }] });
    const headers = { 'content-type': 'application/json', 'x-postmark-server-token': postmarkToken };
    const url = `${this.settings.postmark.baseUrl}/message-streams/outbound/suppressions`;
    await fetch(url, { method: 'POST', headers, body });
  }

  loseAnswer(): Promise<void> {
    return this.sandbox.fault(this.way === 'smtp' ? 'data' : '/email', 'reset-after');
  }

  turnAway(how: keyof (typeof faults)['smtp']): Promise<void> {
    const [at, kind] = faults[this.way][how];
    return this.sandbox.fault(at, kind);
  }

  unreachable(): Mailer {
    const settings = new TestMailSettings();
    Object.assign(settings, this.settings, { url: 'smtp://127.0.0.1:9' });
    settings.postmark = { baseUrl: 'http://127.0.0.1:9', stream: 'outbound' };
    return connectMail(settings, this.rates, this.gates, { timeoutMs: 1_000 })[this.way];
  }
}
