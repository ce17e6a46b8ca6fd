import { randomUUID } from 'node:crypto';
import type { Bounce, KeptMail } from './events.ts';
import type { MailWorld } from './mailbox.ts';
import { composeMime, headerIn, rawOf, readMime } from './mime.ts';
import { presentBounce } from './postmark/bounces.ts';

/** Where a genuine webhook goes, and what opens it there. */
export type HookTarget = { url: string; user: string; password: string };

/** A webhook's request: MIME, or Postmark's JSON. */
type Hook = { contentType: string; body: string | Buffer };

const PATIENCE_MS = 10_000;

/** Posts it as the provider would, with HTTP basic. @returns how it was answered */
export async function post(target: HookTarget, hook: Hook): Promise<{ status: number; body: string }> {
  const credentials = Buffer.from(`${target.user}:${target.password}`).toString('base64');
  const answer = await fetch(target.url, {
    method: 'POST',
    headers: { 'content-type': hook.contentType, authorization: `Basic ${credentials}` },
    body: typeof hook.body === 'string' ? hook.body : new Uint8Array(hook.body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  return { status: answer.status, body: (await answer.text()).slice(0, 2_000) };
}

/** Postmark's bounce or complaint webhook: https://postmarkapp.com/developer/webhooks/bounce-webhook */
export function bounceHook(world: MailWorld, bounce: Bounce): Hook {
  const RecordType = bounce.type === 'SpamComplaint' ? 'SpamComplaint' : 'Bounce';
  return json({ RecordType, ...presentBounce(world, bounce) });
}

/** The report that a mail server sends for a mail that came by SMTP (RFC 3464), as raw MIME. */
export async function reportHook(mail: KeptMail, bounce: Bounce): Promise<Hook> {
  const isPermanent = bounce.type !== 'SoftBounce' && bounce.type !== 'Transient';
  const [status, reply] = isPermanent ? ['5.1.1', '550 5.1.1 unknown'] : ['4.2.2', '452 4.2.2 mailbox full'];
  const action = bounce.type === 'Transient' ? 'delayed' : 'failed';
  const boundary = `report-${bounce.id}`;
  const original = rawOf(mail).toString().split('\r\n\r\n', 1)[0] ?? '';
  const parts = [
    ['text/plain; charset=utf-8', `This mail could not be delivered to ${bounce.email}.`],
    [
      'message/delivery-status',
      `Reporting-MTA: dns; sandbox.example\r\n\r\nFinal-Recipient: rfc822; ${bounce.email}\r\nAction: ${action}\r\n` +
        `Status: ${status}\r\nDiagnostic-Code: smtp; ${reply}\r\n`,
    ],
    ['text/rfc822-headers', `${original}\r\n`],
  ];
  const head = [
    `Delivered-To: ${mail.from}`,
    'Return-Path: <>',
    'From: Mail Delivery System <mailer-daemon@sandbox.example>',
    `To: ${mail.from}`,
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <${randomUUID()}@sandbox.example>`,
    `Date: ${new Date(bounce.at).toUTCString()}`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
  ];
  const body = parts
    .map(([type, text]) => `--${boundary}\r\nContent-Type: ${type}\r\n\r\n${text}\r\n`)
    .join('');
  return { contentType: 'message/rfc822', body: `${head.join('\r\n')}\r\n\r\n${body}--${boundary}--\r\n` };
}

export type Reply = { from: string; text: string; format: 'mime' | 'postmark' };

/** A person's answer to a mail: to its Reply-To, with In-Reply-To and References as mail programs set them. */
export async function replyHook(mail: KeptMail, { from, text, format }: Reply): Promise<Hook> {
  const read = await readMime(rawOf(mail));
  const to = addressIn(headerIn(read, 'reply-to')) || mail.from;
  const references = `${headerIn(read, 'references')} ${mail.messageId}`.trim();
  const subject = /^re:/i.test(read.subject) ? read.subject : `Re: ${read.subject}`;
  const messageId = `<${randomUUID()}@person.example>`;
  if (format === 'postmark') return postmarkReply({ from, to, subject, text, messageId, references, mail });
  const raw = await composeMime({
    ...{ from, to, subject, text, messageId, references, inReplyTo: mail.messageId },
    headers: [{ key: 'Delivered-To', value: to }],
  });
  return { contentType: 'message/rfc822', body: raw };
}

function postmarkReply(parts: {
  from: string;
  to: string;
  subject: string;
  text: string;
  messageId: string;
  references: string;
  mail: KeptMail;
}): Hook {
  const { from, to, subject, text, messageId, references, mail } = parts;
  const MailboxHash = /\+([^@]+)@/.exec(to)?.[1] ?? '';
  return json({
    ...{ FromName: '', From: from, FromFull: { Email: from, Name: '', MailboxHash: '' }, To: to },
    ...{ ToFull: [{ Email: to, Name: '', MailboxHash }], Cc: '', CcFull: [], Bcc: '', BccFull: [] },
    ...{
      OriginalRecipient: to,
      Subject: subject,
      MessageID: randomUUID(),
      MessageStream: 'inbound',
      MailboxHash,
    },
    ...{
      ReplyTo: '',
      Date: new Date().toUTCString(),
      TextBody: text,
      HtmlBody: '',
      StrippedTextReply: text,
      Tag: '',
    },
    Headers: [
      { Name: 'Message-ID', Value: messageId },
      { Name: 'In-Reply-To', Value: mail.messageId },
      { Name: 'References', Value: references },
    ],
    Attachments: [],
  });
}

const addressIn = (value: string): string => /<([^<>]+)>/.exec(value)?.[1] ?? value.trim();

const json = (body: object): Hook => ({ contentType: 'application/json', body: JSON.stringify(body) });
