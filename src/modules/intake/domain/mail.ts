import { headerOf, type MailHeaders } from './mail-headers.js';
import { messageIds } from './message-ids.js';

/** A person or machine as a header names it. */
export interface MailAddress {
  /** In lower case; empty where there is none. */
  readonly address: string;
  readonly name: string;
}

/** A part of a mail that is not its text. */
export interface MailFile {
  /** As the sender calls it. */
  readonly name: string;
  /** Media type as the sender claims, in lower case and without parameters. */
  readonly declaredType: string;
  readonly content: Buffer;
}

/** What every way of receiving mail reads of it. */
export interface MailParts {
  readonly headers: MailHeaders;
  readonly from?: MailAddress;
  /** Addresses in lower case. */
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly replyTo: readonly string[];
  /** Decoded. */
  readonly subject: string;
  /** The plain text; of a mail without one, made from its HTML. */
  readonly text: string;
  /** The text without the quoted history, where the provider gives it. */
  readonly reply?: string;
  readonly files: readonly MailFile[];
  readonly envelope: MailEnvelope;
  /** The same over the provider's retries: stands for the mail when it has no Message-ID. */
  readonly fingerprint: string;
}

/** Who sent it to whom by SMTP, as far as it is known. */
export interface MailEnvelope {
  /** Empty for the null return path; undefined where it is not known. */
  readonly sender?: string;
  /** Addresses in lower case, plus part included. */
  readonly recipients: readonly string[];
}

/** A mail, whoever handed it in. */
export interface Mail extends MailParts {
  /** In angle brackets, as all ids of messages; undefined where it is missing or absurd. */
  readonly messageId?: string;
  readonly inReplyTo?: string;
  /** The root of the conversation first. */
  readonly references: readonly string[];
  /** As the sender's clock says. */
  readonly date?: Date;
}

/** Completes what was read by what the headers say. */
export function mailOf(parts: MailParts): Mail {
  const { headers } = parts;
  const date = new Date(headerOf(headers, 'date') ?? '');
  return {
    ...parts,
    messageId: messageIds(headerOf(headers, 'message-id'))[0],
    inReplyTo: messageIds(headerOf(headers, 'in-reply-to'))[0],
    references: messageIds(headerOf(headers, 'references')),
    date: Number.isNaN(date.getTime()) ? undefined : date,
  };
}

const earliest = Date.UTC(1990, 0);

/** When it was sent (ISO 8601): the sender's date, unless it is absurd or later than when it was received. */
export function sentAtOf({ date }: Pick<Mail, 'date'>, receivedAt: Date): string {
  const isSane = date !== undefined && date.getTime() >= earliest && date.getTime() <= receivedAt.getTime();
  return (isSane ? date : receivedAt).toISOString();
}
