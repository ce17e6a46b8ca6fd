import type { OutgoingMail } from '../domain/outgoing-mail.js';
import type { MailSettings } from './mail-settings.js';
import { Mailer, type MailReceipt } from './mailer.js';

/** The way that is configured when a mail leaves: Postmark where it has a token, else SMTP. */
export class ConfiguredMailer extends Mailer {
  constructor(
    private readonly settings: MailSettings,
    private readonly ways: { readonly postmark: Mailer; readonly smtp: Mailer },
  ) {
    super();
  }

  async send(mail: OutgoingMail, signal?: AbortSignal): Promise<MailReceipt> {
    return (await this.way()).send(mail, signal);
  }

  async find(reference: string, signal?: AbortSignal): Promise<MailReceipt | undefined> {
    return (await this.way()).find(reference, signal);
  }

  private async way(): Promise<Mailer> {
    const { postmark, smtp } = this.ways;
    return (await this.settings.postmarkToken()) === undefined ? smtp : postmark;
  }
}
