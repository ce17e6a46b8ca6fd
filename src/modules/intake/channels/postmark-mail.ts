import { oneLine } from '../domain/clean-text.js';
import { addressOf } from '../domain/mail-addresses.js';
import { collectHeaders, headerOf, type MailHeaders } from '../domain/mail-headers.js';
import { mailOf, type Mail, type MailAddress, type MailFile } from '../domain/mail.js';
import { listOf, objectOf, textOf } from '../domain/json.js';
import { addressesOf, addressIn, readMime, textOfHtml } from './mime-reading.js';

type Payload = Readonly<Record<string, unknown>>;

const mostAddresses = 200;

/**
 * Reads a mail from Postmark's inbound payload (https://postmarkapp.com/developer/webhooks/inbound-webhook). Its
 * `MessageID` is Postmark's own; that of the mail is among the headers.
 * @throws INTAKE.PAYLOAD_REFUSED
 */
export async function readPostmarkMail(payload: Payload): Promise<Mail> {
  const headers = headersIn(payload);
  const recipients = [addressOf(textOf(payload['OriginalRecipient']))].filter((address) => address !== '');
  const raw = textOf(payload['RawEmail']);
  // Parsed, a report has lost the part that says what it reports.
  if (raw !== '' && (headerOf(headers, 'content-type') ?? raw).includes('multipart/report')) {
    return readMime(Buffer.from(raw), { recipients });
  }
  const text = textOf(payload['TextBody']);
  const html = textOf(payload['HtmlBody']);
  return mailOf({
    ...{ headers, from: senderIn(payload), subject: textOf(payload['Subject']) },
    ...{ to: addressesIn(payload, 'To'), cc: addressesIn(payload, 'Cc') },
    replyTo: addressesOf(textOf(payload['ReplyTo'])),
    text: text.trim() === '' && html !== '' ? await textOfHtml(html) : text,
    reply: textOf(payload['StrippedTextReply']),
    files: listOf(payload['Attachments']).map(fileOf),
    envelope: { recipients },
    fingerprint: `postmark:${oneLine(textOf(payload['MessageID']), 200)}`,
  });
}

/** Postmark takes some fields out of the headers and gives them beside. */
function headersIn(payload: Payload): MailHeaders {
  const fields = listOf(payload['Headers']).map((field): [string, string] => {
    const { Name, Value } = objectOf(field);
    return [textOf(Name), textOf(Value)];
  });
  const date = textOf(payload['Date']);
  return collectHeaders(date === '' ? fields : [...fields, ['Date', date]]);
}

function senderIn(payload: Payload): MailAddress | undefined {
  const { Email, Name } = objectOf(payload['FromFull']);
  const address = addressOf(textOf(Email));
  return address === '' ? addressIn(textOf(payload['From'])) : { address, name: textOf(Name) };
}

function addressesIn(payload: Payload, name: 'To' | 'Cc'): readonly string[] {
  const full = listOf(payload[`${name}Full`]).slice(0, mostAddresses);
  if (full.length === 0) return addressesOf(textOf(payload[name]));
  return full.map((one) => addressOf(textOf(objectOf(one)['Email']))).filter((address) => address !== '');
}

function fileOf(attachment: unknown): MailFile {
  const { Name, ContentType, Content } = objectOf(attachment);
  return {
    name: textOf(Name),
    declaredType: textOf(ContentType).split(';', 1)[0]?.trim().toLowerCase() ?? '',
    content: Buffer.from(textOf(Content), 'base64'),
  };
}
