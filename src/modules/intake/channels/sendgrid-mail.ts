import { addressOf } from '../domain/mail-addresses.js';
import { headerOf, parseHeaders } from '../domain/mail-headers.js';
import { mailOf, type Mail, type MailEnvelope, type MailFile } from '../domain/mail.js';
import { PayloadRefused } from '../intake.errors.js';
import { listOf, objectOf, textOf } from '../domain/json.js';
import type { Form, FormPart } from './form-body.js';
import { addressesOf, addressIn, readMime, textOfHtml } from './mime-reading.js';

const longestJson = 100_000;
const mostRecipients = 200;

/**
 * Reads a mail from the fields of SendGrid's Inbound Parse; in raw mode from its MIME in the field `email`. `charsets`
 * says in which charset each field is.
 * @throws INTAKE.PAYLOAD_REFUSED
 */
export async function readSendgridMail(form: Form): Promise<Mail> {
  const envelope = envelopeIn(form);
  const mime = form.bytes('email');
  if (mime) return readMime(mime, envelope.recipients.length > 0 ? envelope : undefined);
  if (!form.has('headers') && !form.has('from')) {
    throw PayloadRefused({
      message: 'The form is no mail of SendGrid: it has no field headers, from or email.',
    });
  }
  const charsets = jsonIn(form, 'charsets');
  const field = (name: string): string => form.text(name, textOf(charsets[name]) || undefined);
  const headers = parseHeaders(field('headers'));
  const [text, html] = [field('text'), field('html')];
  return mailOf({
    ...{ headers, from: addressIn(field('from')), subject: field('subject') },
    ...{ to: addressesOf(field('to')), cc: addressesOf(field('cc')) },
    replyTo: addressesOf(headerOf(headers, 'reply-to')),
    text: text.trim() === '' && html !== '' ? await textOfHtml(html) : text,
    files: filesIn(form),
    envelope,
    fingerprint: form.fingerprint(),
  });
}

function envelopeIn(form: Form): MailEnvelope {
  const { to, from } = jsonIn(form, 'envelope');
  const recipients = listOf(to)
    .slice(0, mostRecipients)
    .map((address) => addressOf(textOf(address)))
    .filter((address) => address !== '');
  return { recipients, sender: typeof from === 'string' ? addressOf(from) : undefined };
}

/** `attachment-info` has the names as they were, and the types as the sender claims. */
function filesIn(form: Form): MailFile[] {
  const info = jsonIn(form, 'attachment-info');
  return form.files.map((part) => fileOf(part, objectOf(info[part.name])));
}

function fileOf(
  { fileName = '', type, content }: FormPart,
  info: Readonly<Record<string, unknown>>,
): MailFile {
  const declaredType = (textOf(info['type']) || type).split(';', 1)[0] ?? '';
  const name = textOf(info['filename']) || textOf(info['name']) || fileName;
  return { name, declaredType: declaredType.trim().toLowerCase(), content };
}

/** JSON in a field that only helps to read the others: what is broken, or huge, is as if it were not there. */
function jsonIn(form: Form, name: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(form.text(name).slice(0, longestJson)));
  } catch {
    return {};
  }
}
