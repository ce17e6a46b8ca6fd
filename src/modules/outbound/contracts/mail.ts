import {
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import { Command, CommandType, Event } from '../../../shared/kernel/message.js';

/** An address, and the name that people see with it. */
export interface MailAddress {
  readonly address: string;
  readonly name?: string;
}

/**
 * What a mail is: `transactional` about the business with its reader (invoices, reminders), `reply` an answer to a mail,
 * `internal` for colleagues. None is advertising, so none can be unsubscribed from.
 */
export const mailKinds = ['transactional', 'reply', 'internal'] as const;
export type MailKind = (typeof mailKinds)[number];

/** Which way a mail left; `person`: somebody says that it did. `none`: nothing left. */
export const mailWays = ['smtp', 'postmark', 'person', 'none'] as const;
export type MailWay = (typeof mailWays)[number];

export interface SendMailResult {
  /** Message-ID, in angle brackets: what a reply names in In-Reply-To. The same for every attempt. */
  messageId: string;
  /** The provider's own id, where it has one: what its reports name. */
  providerId?: string;
  via: MailWay;
  /** Addresses for which a server took it. */
  accepted: readonly string[];
  /** Addresses to which nothing is sent any more: here, or at the provider. */
  suppressed: readonly string[];
  /** Addresses that the server refused while it took the mail for others. */
  refused: readonly string[];
  /** What it was bound to holds no more, so that it was not sent. */
  withdrawn?: true;
}

/** Lower case, sorted: two spellings of one list are one target. */
function recipientsOf({ to }: Pick<SendMail, 'to'>): string {
  const addresses = Array.isArray(to) ? to.map((one: Partial<MailAddress>) => String(one?.address)) : [];
  return [...new Set(addresses.map((address) => address.trim().toLowerCase()))].sort().join(' ');
}

/**
 * Sends one mail, made of a template and its data or of subject and text. In redirect mode it goes to the test recipient
 * alone. A mail whose answer was lost after it was handed over is not sent again by itself.
 */
@CommandType<SendMail>('outbound.send-mail.v1', {
  effect: {
    ...{ connector: 'mail', class: 'hold', target: recipientsOf },
    redirect: (command, { email }) =>
      email ? Object.assign(new SendMail(), command, { to: [{ address: email }] }) : undefined,
  },
})
export class SendMail extends Command<SendMailResult> {
  @IsIn(mailKinds)
  kind: MailKind;

  /** 1 to 10 of `MailAddress`; all see each other. */
  @IsArray()
  to: readonly MailAddress[];

  /** Name of a template of the policy `mail-templates`. */
  @IsOptional()
  @IsString()
  @MaxLength(63)
  template?: string;

  /** What the template is filled with; all that it names has to be there. */
  @IsOptional()
  @IsObject()
  data?: Record<string, unknown>;

  /** `de`, `de-AT`: the template's default language where it has neither. */
  @IsOptional()
  @IsString()
  @MaxLength(35)
  language?: string;

  /** Without a template. */
  @IsOptional()
  @IsString()
  @MaxLength(300)
  subject?: string;

  @IsOptional()
  @IsString()
  @MaxLength(50_000)
  text?: string;

  @IsOptional()
  @IsString()
  @MaxLength(100_000)
  html?: string;

  /** Message-ID of the mail that it answers, in angle brackets. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  inReplyTo?: string;

  /** Message-IDs of the thread before it, oldest first. */
  @IsOptional()
  @IsArray()
  references?: readonly string[];

  /** Replies come to our address with this behind a plus sign, and are known by it: 1 to 40 of `a-z 0-9 _ -`. */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(40)
  replyToken?: string;

  /** Asked anew right before each attempt (`Conditions`): when it holds no more, nothing is sent. */
  @IsOptional()
  @IsObject()
  onlyIf?: { readonly condition: string; readonly data: object };
}

/** A mail left: a server, or the provider, took it for somebody. Says nothing of whether it arrives. */
@Event('outbound.mail-sent.v1')
export class MailSent {
  @IsString()
  @MaxLength(500)
  messageId: string;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  providerId?: string;

  @IsIn(mailWays)
  via: MailWay;

  @IsIn(mailKinds)
  kind: MailKind;

  @IsOptional()
  @IsString()
  @MaxLength(63)
  template?: string;

  /** Of the policy `mail-templates`. */
  @IsOptional()
  @IsInt()
  templateVersion?: number;

  /** How many recipients it was taken for, left out as suppressed, refused. */
  @IsInt()
  @Min(0)
  @Max(10)
  accepted: number;

  @IsInt()
  @Min(0)
  @Max(10)
  suppressed: number;

  @IsInt()
  @Min(0)
  @Max(10)
  refused: number;

  constructor(init: MailSent) {
    Object.assign(this, init);
  }
}
