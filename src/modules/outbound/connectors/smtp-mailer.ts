import MailComposer from 'nodemailer/lib/mail-composer';
import type { Connector } from '../../../shared/connectors/connector.js';
import type { RateBucket } from '../../../shared/connectors/rate-bucket.js';
import type { MailAddress } from '../contracts.js';
import { domainOf } from '../domain/mail-address.js';
import type { OutgoingMail } from '../domain/outgoing-mail.js';
import { MailNotConnected } from '../mail.errors.js';
import type { MailSettings } from './mail-settings.js';
import { Mailer, type MailReceipt } from './mailer.js';
import { refusedBy } from './smtp-errors.js';
import type { SmtpOptions } from './smtp-options.js';
import { smtpServerOf, type SmtpServer } from './smtp-server.js';
import { SmtpFailure, SmtpSession } from './smtp-session.js';
import type { SmtpTokens } from './smtp-tokens.js';

export interface SmtpMailerParts {
  readonly settings: MailSettings;
  readonly connector: Connector;
  readonly mails: RateBucket;
  readonly tokens: SmtpTokens;
  /** For the whole of a session, in milliseconds. */
  readonly timeoutMs: number;
}

/** Mails by SMTP, a connection for each. A server cannot be asked whether it has taken one. */
export class SmtpMailer extends Mailer {
  constructor(private readonly parts: SmtpMailerParts) {
    super();
  }

  async send(mail: OutgoingMail, signal?: AbortSignal): Promise<MailReceipt> {
    const { connector, mails } = this.parts;
    const raw = await mimeOf(mail);
    const to = mail.to.map(({ address }) => address);
    return connector.call(mails, signal, async () => {
      const session = await this.session(domainOf(mail.from.address), signal);
      try {
        const { accepted, refused } = await session.send(mail.returnPath, to, raw);
        session.quit();
        return { via: 'smtp', accepted, suppressed: [], refused: refused.map(refusedBy) };
      } catch (error) {
        session.close();
        throw error;
      }
    });
  }

  async find(): Promise<undefined> {
    return undefined;
  }

  /** Connects and signs in, and sends nothing. @returns how the connection is protected @throws CodedError */
  async check(signal?: AbortSignal): Promise<SmtpServer> {
    const { connector, mails, settings } = this.parts;
    return connector.call(mails, signal, async () => {
      const session = await this.session(domainOf(settings.sender?.from.address ?? 'a@localhost'), signal);
      session.quit();
      return this.server();
    });
  }

  private async session(name: string, signal: AbortSignal | undefined): Promise<SmtpSession> {
    const { settings, tokens, timeoutMs } = this.parts;
    const server = await this.server();
    const oauth = await settings.smtpOauth();
    const accessToken = oauth && (await tokens.current(oauth));
    const options: SmtpOptions = {
      name,
      timeoutMs,
      signal,
      ...(accessToken !== undefined && { accessToken }),
    };
    const session = new SmtpSession(server, options);
    try {
      await session.open();
      return session;
    } catch (error) {
      session.close();
      if (error instanceof SmtpFailure && error.stage === 'auth') tokens.forget();
      throw error;
    }
  }

  private async server(): Promise<SmtpServer> {
    const url = await this.parts.settings.smtpUrl();
    const server = url === undefined ? undefined : smtpServerOf(url);
    if (!server) throw MailNotConnected();
    return server;
  }
}

function mimeOf(mail: OutgoingMail): Promise<Buffer> {
  const { from, to, replyTo, subject, text, html, messageId, date, inReplyTo, references, headers } = mail;
  const composer = new MailComposer({
    ...{ from: addressed(from), to: to.map(addressed), replyTo, subject, text, html, messageId, date },
    ...{ inReplyTo, references: [...references], headers: { ...headers } },
    ...{ disableFileAccess: true, disableUrlAccess: true, newline: '\r\n' },
  });
  return composer.compile().build();
}

function addressed({ address, name = '' }: MailAddress): { address: string; name: string } {
  return { address, name };
}
