import { oneLine } from './clean-text.js';
import { addressOf } from './mail-addresses.js';
import { headerOf, parseHeaders, type MailHeaders } from './mail-headers.js';
import type { Mail, MailFile } from './mail.js';
import { messageIds } from './message-ids.js';

/** A recipient whom our mail did not reach. */
export interface FailedDelivery {
  readonly recipient: string;
  /** Enhanced status code (RFC 3463). */
  readonly status?: string;
  readonly diagnostic?: string;
  readonly permanent: boolean;
}

/** What a machine reports of a mail of ours. */
export type MailReport =
  | {
      readonly kind: 'delivery';
      /** Those it failed for; delayed, relayed and delivered ones are not among them. */
      readonly failed: readonly FailedDelivery[];
      /** Message-ID of our mail. */
      readonly originalReference?: string;
    }
  | { readonly kind: 'disposition' | 'other' };

const statusTypes = ['message/delivery-status', 'message/global-delivery-status'];
const returnedTypes = ['message/rfc822', 'text/rfc822-headers', 'message/global', 'message/global-headers'];
const mostText = 200_000;
const mostRecipients = 200;

type Reporting = Pick<Mail, 'headers' | 'files' | 'inReplyTo' | 'references'>;

/**
 * What a multipart/report says (RFC 6522): of a delivery (RFC 3464), that it was read (RFC 8098, which is no bounce),
 * or something else. Undefined for other mails. Providers that parse a mail may not tell its type: then the part that
 * only such reports have makes it one.
 */
export function reportOf(mail: Reporting): MailReport | undefined {
  const type = headerOf(mail.headers, 'content-type')?.toLowerCase();
  const isReport = type?.startsWith('multipart/report') ?? false;
  if (type !== undefined && !isReport) return undefined;
  const status = fileOf(mail.files, statusTypes);
  if (status) {
    return { kind: 'delivery', failed: failuresIn(textOf(status)), originalReference: originalOf(mail) };
  }
  const isDisposition = type?.includes('disposition-notification') ?? false;
  if (isDisposition || fileOf(mail.files, ['message/disposition-notification'])) {
    return { kind: 'disposition' };
  }
  return isReport ? { kind: 'other' } : undefined;
}

/** The groups of fields after the first one are about one recipient each (RFC 3464, section 2.3). */
function failuresIn(text: string): readonly FailedDelivery[] {
  const groups = text
    .replace(/\r\n?/g, '\n')
    .split(/\n(?:[ \t]*\n)+/)
    .slice(0, mostRecipients * 2);
  return groups.flatMap((group) => failureOf(parseHeaders(group)) ?? []).slice(0, mostRecipients);
}

function failureOf(fields: MailHeaders): FailedDelivery | undefined {
  if (!/^failed\b/i.test(headerOf(fields, 'action') ?? '')) return undefined;
  // The address that we wrote to, where the report tells it: the final one may be what that forwards to.
  const [recipient] = ['original-recipient', 'final-recipient']
    .map((name) => typedAddress(headerOf(fields, name)))
    .filter((address) => address !== '');
  if (recipient === undefined) return undefined;
  const diagnostic = oneLine(headerOf(fields, 'diagnostic-code') ?? '', 1_000) || undefined;
  const status = /^[245]\.\d{1,3}\.\d{1,3}/.exec(headerOf(fields, 'status') ?? '')?.[0];
  const replyCode = /^smtp\s*;\s*5\d\d\b/i.test(diagnostic ?? '');
  return { recipient, status, diagnostic, permanent: status?.startsWith('5.') ?? replyCode };
}

/** `rfc822; person@example.com` */
function typedAddress(value: string | undefined): string {
  return addressOf(/^(?:rfc822|utf-8)\s*;\s*(.*)$/i.exec(value ?? '')?.[1]);
}

/** From the returned message or its headers; else what the report answers. */
function originalOf({ files, inReplyTo, references }: Reporting): string | undefined {
  const returned = fileOf(files, returnedTypes);
  const id = returned && messageIds(headerOf(parseHeaders(textOf(returned)), 'message-id'))[0];
  return id ?? inReplyTo ?? references.at(-1);
}

function fileOf(files: readonly MailFile[], types: readonly string[]): MailFile | undefined {
  return files.find(({ declaredType }) => types.includes(declaredType));
}

function textOf({ content }: MailFile): string {
  return content.subarray(0, mostText).toString();
}
