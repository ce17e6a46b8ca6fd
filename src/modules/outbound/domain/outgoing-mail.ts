import type { MailAddress, MailKind, SendMail } from '../contracts.js';
import { MailInvalid } from '../mail.errors.js';
import { domainOf, recipientsOf, withToken } from './mail-address.js';

/** What is written in it. */
export interface MailContent {
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
}

/** Who mails are from, and where what comes back goes. */
export interface MailSender {
  readonly from: MailAddress;
  /** Absent: answers come to the sender. */
  readonly replyTo?: string;
  /** Where reports of failed deliveries go; absent: to the sender. */
  readonly returnPath?: string;
}

/** A mail as a server gets it. */
export interface OutgoingMail extends MailContent {
  /** Of the effect: the same for every attempt. */
  readonly reference: string;
  /** In angle brackets. */
  readonly messageId: string;
  readonly from: MailAddress;
  readonly returnPath: string;
  readonly replyTo?: string;
  readonly to: readonly MailAddress[];
  readonly date: Date;
  /** For the provider's statistics: the template's name, or the kind. */
  readonly tag: string;
  readonly inReplyTo?: string;
  readonly references: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

export const mostRecipients = 10;

const messageIdShape = /^<[^<>\s\p{Cc}]{1,498}>$/u;
const tokenShape = /^[a-z0-9_-]{1,40}$/;
/** A header's line may have 998 characters (RFC 5322, 2.1.1); `References: ` is a part of it. */
const longestReferences = 960;

/** The recipients of a command, each once. @throws OUTBOUND.MAIL_INVALID */
export function recipientsIn(command: Pick<SendMail, 'to'>): readonly MailAddress[] {
  const to = recipientsOf(command.to);
  if (!to) throw MailInvalid({ details: { problem: 'a recipient is no address' } });
  if (to.length < 1 || to.length > mostRecipients) {
    throw MailInvalid({ details: { problem: `1 to ${mostRecipients} recipients` } });
  }
  return to;
}

/** Our Message-ID: known before the mail leaves, and the same whenever it is tried. */
export function messageIdOf(reference: string, from: MailAddress): string {
  return `<${reference}@${domainOf(from.address)}>`;
}

/** Puts a mail together, but for its content. @throws OUTBOUND.MAIL_INVALID */
export function envelopeOf(
  command: SendMail,
  sender: MailSender,
  { reference, date }: { reference: string; date: Date },
): Omit<OutgoingMail, keyof MailContent | 'to'> {
  const { from, returnPath = from.address } = sender;
  const replyTo = replyToOf(command, sender);
  return {
    ...{ reference, messageId: messageIdOf(reference, from), from, returnPath, date },
    ...(replyTo !== undefined && { replyTo }),
    tag: command.template ?? command.kind,
    ...threadOf(command),
    headers: headersOf(command.kind, reference),
  };
}

function replyToOf({ replyToken }: SendMail, { replyTo }: MailSender): string | undefined {
  if (replyToken === undefined) return replyTo;
  if (!tokenShape.test(replyToken)) throw MailInvalid({ details: { problem: 'the reply token' } });
  // Plus addresses of the sender itself need not arrive: only those of an address that was configured for answers do.
  return replyTo === undefined ? undefined : withToken(replyTo, replyToken);
}

/** The thread's first id and its last ones: what does not fit is left out in the middle (RFC 5322, 3.6.4). */
function threadOf({ inReplyTo, references = [] }: SendMail): Pick<OutgoingMail, 'inReplyTo' | 'references'> {
  const all = [...references, ...(inReplyTo === undefined ? [] : [inReplyTo])];
  if (!all.every((id) => typeof id === 'string' && messageIdShape.test(id))) {
    throw MailInvalid({ details: { problem: 'a Message-ID of the thread' } });
  }
  const [first, ...others] = [...new Set(all)];
  if (first === undefined) return { references: [] };
  const last: string[] = [];
  let length = first.length;
  for (const id of others.reverse()) {
    length += id.length + 1;
    if (length > longestReferences) break;
    last.unshift(id);
  }
  return { ...(inReplyTo !== undefined && { inReplyTo }), references: [first, ...last] };
}

/** By RFC 3834, so that no machine answers it, and so that our own intake knows it when it comes back. */
function headersOf(kind: MailKind, reference: string): Readonly<Record<string, string>> {
  return {
    'Auto-Submitted': kind === 'reply' ? 'auto-replied' : 'auto-generated',
    'X-Auto-Response-Suppress': 'OOF, AutoReply',
    'X-Signalbox-Loop': reference,
  };
}
