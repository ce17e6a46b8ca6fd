import { mailboxOf, plusPartOf } from './mail-addresses.js';
import type { Mail } from './mail.js';

const token = /^c\.([a-z0-9_-]{1,100})$/;

/**
 * The conversation of a mail: by the token of our plus address (`support+c.<token>@…`), else by the root of its
 * References, else by what it answers, else a new one by its own id. Never by its subject: strangers share subjects.
 * @param reference the mail's own id
 */
export function conversationOf(
  mail: Pick<Mail, 'envelope' | 'to' | 'cc' | 'references' | 'inReplyTo'>,
  mailbox: string,
  reference: string,
): string {
  const found = tokenOf(mail, mailbox);
  if (found !== undefined) return `email:${mailbox}:token:${found}`;
  return `email:${mailbox}:${mail.references[0] ?? mail.inReplyTo ?? reference}`;
}

/** Only tokens of the mailbox itself: what follows a plus sign in another's address is not ours. */
function tokenOf(
  { envelope, to, cc }: Pick<Mail, 'envelope' | 'to' | 'cc'>,
  mailbox: string,
): string | undefined {
  for (const address of [...envelope.recipients, ...to, ...cc]) {
    const found = token.exec(plusPartOf(address) ?? '')?.[1];
    if (found !== undefined && mailboxOf(address) === mailbox) return found;
  }
  return undefined;
}
