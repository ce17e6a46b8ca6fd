import type { Config } from '../../../shared/config/config.js';
import { sandboxSecrets } from '../../../shared/config/secrets.js';
import type { SecretStore } from '../../../shared/secrets/secret-store.js';
import type { MailSender } from '../domain/outgoing-mail.js';

/** What opens an SMTP server by XOAUTH2. */
export interface SmtpOauth {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
}

/** How mails leave. Credentials are read for every mail, so that a rotated one counts at once. */
export abstract class MailSettings {
  /** Undefined: nothing can be sent. */
  abstract readonly sender: MailSender | undefined;
  /** Mails that may leave in a minute, by all processes together. */
  abstract readonly perMinute: number;
  /** Without a trailing slash. `stream` is the message stream's id. */
  abstract readonly postmark: { readonly baseUrl: string; readonly stream: string };

  /** With it mails leave by Postmark. */
  abstract postmarkToken(): Promise<string | undefined>;
  /** `smtp://user:password@host:587` */
  abstract smtpUrl(): Promise<string | undefined>;
  /** Undefined: SMTP takes a password, or nothing. */
  abstract smtpOauth(): Promise<SmtpOauth | undefined>;
  /** The provider handed out a newer one. */
  abstract keepRefreshToken(token: string): Promise<void>;
}

class StoredMailSettings extends MailSettings {
  readonly sender: MailSender | undefined;
  readonly perMinute: number;
  readonly postmark: { readonly baseUrl: string; readonly stream: string };

  constructor(
    private readonly config: Pick<Config, 'mail'>,
    private readonly secrets: SecretStore,
  ) {
    super();
    const { from, replyTo, returnPath, perMinute, postmark } = config.mail;
    this.sender = from && { from, replyTo, returnPath };
    this.perMinute = perMinute;
    this.postmark = postmark;
  }

  async postmarkToken(): Promise<string | undefined> {
    const { sandbox } = this.config.mail;
    if (sandbox?.via === 'smtp') return undefined;
    return this.value(sandbox ? sandboxSecrets['postmark.server-token'] : 'postmark.server-token');
  }

  async smtpUrl(): Promise<string | undefined> {
    const { sandbox } = this.config.mail;
    return sandbox?.via === 'smtp' ? sandbox.url : this.value('smtp.url');
  }

  async smtpOauth(): Promise<SmtpOauth | undefined> {
    const { oauthTokenUrl: tokenUrl, sandbox } = this.config.mail;
    if (tokenUrl === undefined || sandbox) return undefined;
    const names = ['smtp.oauth-client-id', 'smtp.oauth-client-secret', 'smtp.oauth-refresh-token'];
    const [clientId, clientSecret = '', refreshToken] = await Promise.all(
      names.map((name) => this.value(name)),
    );
    return clientId && refreshToken ? { tokenUrl, clientId, clientSecret, refreshToken } : undefined;
  }

  async keepRefreshToken(token: string): Promise<void> {
    await this.secrets.rotate('smtp.oauth-refresh-token', token, 'system');
  }

  private async value(name: string): Promise<string | undefined> {
    return (await this.secrets.valid(name))[0];
  }
}

/** From the configuration, and from the secret store, where the environment seeded credentials and rotation replaces them. */
export function storedMailSettings(config: Pick<Config, 'mail'>, secrets: SecretStore): MailSettings {
  return new StoredMailSettings(config, secrets);
}
