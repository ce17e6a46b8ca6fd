import { addressOf } from '../domain/mail-addresses.js';
import { collectHeaders, headerOf, type MailHeaders } from '../domain/mail-headers.js';
import { mailOf, type Mail, type MailEnvelope } from '../domain/mail.js';
import { PayloadRefused } from '../intake.errors.js';
import { listOf, textOf } from '../domain/json.js';
import type { Form } from './form-body.js';
import { addressesOf, addressIn, readMime, textOfHtml } from './mime-reading.js';

/** Fields that are made anew for each attempt. */
const ofTheAttempt = ['timestamp', 'token', 'signature'];
/** Fields that Mailgun also gives beside `message-headers`. */
const beside = ['Message-Id', 'In-Reply-To', 'References', 'Date', 'Auto-Submitted', 'Content-Type'];
const longestHeaders = 1_000_000;

/**
 * Reads a mail from the fields that a route of Mailgun posts, all in UTF-8
 * (https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http); a route whose address
 * ends with `mime` posts it whole as `body-mime`.
 * @throws INTAKE.PAYLOAD_REFUSED
 */
export async function readMailgunMail(form: Form): Promise<Mail> {
  const envelope = envelopeIn(form);
  const mime = form.bytes('body-mime');
  if (mime) return readMime(mime, envelope.recipients.length > 0 ? envelope : undefined);
  if (!form.has('recipient') && !form.has('from')) {
    throw PayloadRefused({
      message: 'The form is no mail of Mailgun: it has no recipient, from or body-mime.',
    });
  }
  const headers = headersIn(form);
  const [text, html] = [form.text('body-plain'), form.text('body-html')];
  return mailOf({
    ...{ headers, from: addressIn(form.text('from')), subject: form.text('subject') },
    to: addressesOf(headerOf(headers, 'to')),
    cc: addressesOf(headerOf(headers, 'cc')),
    replyTo: addressesOf(headerOf(headers, 'reply-to')),
    text: text.trim() === '' && html !== '' ? await textOfHtml(html) : text,
    reply: form.text('stripped-text'),
    files: form.files.map(({ fileName = '', type, content }) => ({
      name: fileName,
      declaredType: type,
      content,
    })),
    envelope,
    fingerprint: form.fingerprint(ofTheAttempt),
  });
}

function envelopeIn(form: Form): MailEnvelope {
  const recipients = addressesOf(form.text('recipient'));
  return { recipients, sender: form.has('sender') ? addressOf(form.text('sender')) : undefined };
}

/** A JSON list of pairs; broken, the fields beside it are what is left. */
function headersIn(form: Form): MailHeaders {
  const pairs = pairsIn(form.text('message-headers').slice(0, longestHeaders));
  const known = new Set(pairs.map(([name]) => name.toLowerCase()));
  const more = beside
    .filter((name) => form.has(name) && !known.has(name.toLowerCase()))
    .map((name) => [name, form.text(name)] as const);
  return collectHeaders([...pairs, ...more]);
}

function pairsIn(json: string): readonly (readonly [string, string])[] {
  try {
    return listOf(JSON.parse(json)).map((pair) => {
      const [name, value] = listOf(pair);
      return [textOf(name), textOf(value)] as const;
    });
  } catch {
    return [];
  }
}
