import { simpleParser } from 'mailparser';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { KeptMail } from './events.ts';

/** A mail as people look at it. */
export type ReadMail = {
  headers: { name: string; value: string }[];
  subject: string;
  messageId: string;
  text: string;
  html: string;
};

/** Reads MIME. What is no mail at all reads as one without headers. */
export async function readMime(raw: Buffer): Promise<ReadMail> {
  const parsed = await simpleParser(raw, {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipImageLinks: true,
  });
  return {
    headers: parsed.headerLines.map(({ key, line }) => ({
      name: line.slice(0, line.indexOf(':')) || key,
      value: line.slice(line.indexOf(':') + 1).trim(),
    })),
    subject: parsed.subject ?? '',
    messageId: parsed.messageId ?? '',
    text: parsed.text ?? '',
    html: typeof parsed.html === 'string' ? parsed.html : '',
  };
}

export const rawOf = ({ raw }: KeptMail): Buffer => Buffer.from(raw, 'base64');

/** MIME of what was handed in as fields. */
export function composeMime(fields: ConstructorParameters<typeof MailComposer>[0]): Promise<Buffer> {
  return new MailComposer(fields).compile().build();
}

/** A header's first value, as it was sent. */
export const headerIn = ({ headers }: ReadMail, name: string): string =>
  headers.find((header) => header.name.toLowerCase() === name)?.value ?? '';
