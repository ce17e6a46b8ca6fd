import { addressOf, localPartOf, mailboxOf } from './mail-addresses.js';
import { headerOf, headersOf, type MailHeaders } from './mail-headers.js';
import type { Mail } from './mail.js';

/** What our own automatic mails carry, so that they are known when they come back. */
export const loopHeader = 'x-signalbox-loop';

export type AutomaticReason =
  | 'own-loop'
  | 'own-address'
  | 'auto-submitted'
  | 'mailing-list'
  | 'precedence'
  | 'auto-response'
  | 'null-return-path'
  | 'system-sender'
  | 'report';

type Judged = Pick<Mail, 'headers' | 'from' | 'replyTo' | 'envelope'>;
type Rule = readonly [AutomaticReason, (mail: Judged, mailbox: string) => boolean];

const rules: readonly Rule[] = [
  ['own-loop', isOwnLoop],
  ['own-address', (mail, mailbox) => ownAddresses(mail).includes(mailbox)],
  ['auto-submitted', ({ headers }) => headersOf(headers, 'auto-submitted').some((v) => keyword(v) !== 'no')],
  ['mailing-list', ({ headers }) => ['list-id', 'list-post', 'list-unsubscribe'].some((h) => headers.has(h))],
  ['precedence', ({ headers }) => headersOf(headers, 'precedence').some((v) => bulk.has(keyword(v)))],
  ['auto-response', ({ headers }) => isAutoResponse(headers)],
  ['null-return-path', hasNullReturnPath],
  ['system-sender', (mail) => sendersOf(mail).some(isSystemAddress)],
];

/**
 * Why a mail is a machine's, so that nothing may answer it automatically; undefined for a person's. By RFC 3834
 * (section 2), RFC 2919 and 2369 (mailing lists) and the headers of Exchange and of widespread responders.
 */
export function automaticReason(mail: Judged, mailbox: string): AutomaticReason | undefined {
  return rules.find(([, holds]) => holds(mail, mailbox))?.[0];
}

const bulk = new Set(['bulk', 'list', 'junk', 'auto_reply']);
const suppressing = new Set(['oof', 'autoreply', 'all']);

function isOwnLoop({ headers }: Judged, mailbox: string): boolean {
  if (headers.has(loopHeader)) return true;
  return mailbox !== '' && headersOf(headers, 'x-loop').some((value) => addressOf(value) === mailbox);
}

function ownAddresses({ from, replyTo, headers }: Judged): readonly string[] {
  const named = [from?.address ?? '', ...replyTo, addressOf(headerOf(headers, 'sender'))];
  return named.filter((address) => address !== '').map(mailboxOf);
}

/** Exchange asks not to be answered; others say that they are answers. */
function isAutoResponse(headers: MailHeaders): boolean {
  const words = headersOf(headers, 'x-auto-response-suppress').flatMap((value) => value.split(','));
  if (words.some((word) => suppressing.has(word.trim().toLowerCase()))) return true;
  const answers = ['x-autoreply', 'x-autorespond'].flatMap((name) => headersOf(headers, name));
  return answers.some((value) => keyword(value) !== 'no');
}

function hasNullReturnPath({ headers, envelope }: Judged): boolean {
  if (envelope.sender === '') return true;
  return headersOf(headers, 'return-path').some((value) => /^<\s*>/.test(value));
}

function sendersOf({ from, headers, envelope }: Judged): readonly string[] {
  const named = ['sender', 'return-path'].map((name) => addressOf(headerOf(headers, name)));
  return [from?.address ?? '', envelope.sender ?? '', ...named];
}

const systemNames = /^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|no_reply|do_not_reply)$/;
const systemForms = /^owner-.|.-(?:request|bounces)$/;

function isSystemAddress(address: string): boolean {
  const [name = ''] = localPartOf(address).split('+', 1);
  return systemNames.test(name) || systemForms.test(name);
}

/** The first word of a value, in lower case: parameters and comments may follow it. */
function keyword(value: string): string {
  return /^[^\s;(,]*/.exec(value.trim())?.[0].toLowerCase() ?? '';
}
