import { Injectable } from '@nestjs/common';
import type { SendMail } from '../contracts.js';
import { problemsOfHtml } from '../domain/mail-html.js';
import type { MailContent } from '../domain/outgoing-mail.js';
import { MailInvalid } from '../mail.errors.js';
import { MailSettings } from '../connectors/mail-settings.js';
import { Templates } from './templates.js';

/** What a mail says, and what it is called without saying to whom it is. */
export interface WrittenMail {
  readonly content: MailContent;
  /** `overdue-firm v3 (de)`, or `a transactional mail`. */
  readonly name: string;
  readonly templateVersion?: number;
}

/** What mails say: by a template, or as the command has it. */
@Injectable()
export class MailContents {
  constructor(
    private readonly templates: Templates,
    private readonly settings: MailSettings,
  ) {}

  /** @throws OUTBOUND.MAIL_INVALID, OUTBOUND.MAIL_TEMPLATE_UNKNOWN, OUTBOUND.MAIL_TEMPLATE_FAILED */
  async of(command: SendMail): Promise<WrittenMail> {
    const { template, data = {}, language, kind } = command;
    if (template === undefined) return { content: asWritten(command), name: `a mail (${kind})` };
    const own = [command.subject, command.text, command.html];
    if (own.some((one) => one !== undefined)) throw problem('a template, and a text besides it');
    const {
      subject,
      text,
      html,
      language: used,
      version,
    } = await this.templates.render(template, { ...this.sender(), ...data }, language);
    const content = { subject, text, ...(html !== undefined && { html }) };
    return { content, name: `${template} v${version} (${used})`, templateVersion: version };
  }

  /** Whoever mails are from, unless the command says otherwise. */
  private sender() {
    const { name, address = '' } = this.settings.sender?.from ?? {};
    return { sender: { name: name ?? address, address } };
  }
}

function asWritten({ subject = '', text = '', html }: SendMail): MailContent {
  const line = subject
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  if (line === '') throw problem('no subject');
  if (text.trim() === '') throw problem('no text');
  const [wrong] = html === undefined ? [] : problemsOfHtml(html);
  if (wrong !== undefined) throw problem(wrong);
  return {
    subject: line,
    text: text.toWellFormed(),
    ...(html !== undefined && { html: html.toWellFormed() }),
  };
}

function problem(text: string) {
  return MailInvalid({ message: `The mail cannot be made: ${text}.`, details: { problem: text } });
}
