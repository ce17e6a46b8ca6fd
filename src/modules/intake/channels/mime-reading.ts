import { createHash } from 'node:crypto';
import { parseAddressHeader, simpleParser, type ParsedMail, type SimpleParserOptions } from 'mailparser';
import { addressOf } from '../domain/mail-addresses.js';
import { collectHeaders, headerOf, headersOf, type MailHeaders } from '../domain/mail-headers.js';
import { mailOf, type Mail, type MailAddress, type MailEnvelope, type MailFile } from '../domain/mail.js';
import { PayloadRefused } from '../intake.errors.js';
import { textOf } from '../domain/json.js';
import { decodeText } from './decode-text.js';

const mostHtml = 300_000;
const mostAddresses = 200;

/** Nothing is made of the text but the text: no links, no checksums, no HTML, no mails within the mail. */
const parsing: SimpleParserOptions = {
  ...{ skipTextToHtml: true, skipTextLinks: true, keepCidLinks: true, checksumAlgo: false },
  ...{ keepDeliveryStatus: true, ignoreEmbedded: true, maxHtmlLengthToParse: mostHtml, maxChildNodes: 1_000 },
};

/**
 * Reads a mail from its bytes (RFC 5322, MIME): leniently, since charsets are named wrongly, final boundaries missing and
 * lines ended by LF alone in genuine mail.
 * @param envelope undefined: taken from the fields that the last mail server has added
 * @throws INTAKE.PAYLOAD_REFUSED for what is no mail, or has more than 1,000 parts or 1 MiB of headers
 */
export async function readMime(bytes: Buffer, envelope?: MailEnvelope): Promise<Mail> {
  const parsed = await parse(bytes);
  const headers = collectHeaders(parsed.headerLines.map(({ line }) => fieldOf(line)));
  if (headers.size === 0) throw PayloadRefused({ message: 'The body is no mail: it has no header.' });
  const addresses = (name: string): string[] => addressesOf(headersOf(headers, name).join(', '));
  return mailOf({
    ...{ headers, from: senderOf(headers), subject: parsed.subject ?? '' },
    ...{ to: addresses('to'), cc: addresses('cc'), replyTo: addresses('reply-to') },
    text: await plainTextOf(parsed),
    files: filesOf(parsed),
    envelope: envelope ?? envelopeOf(headers),
    fingerprint: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
  });
}

/** Plain text of HTML, of its first 300,000 characters; empty where it cannot be converted. */
export async function textOfHtml(html: string): Promise<string> {
  const message = `Content-Type: text/html; charset=utf-8\r\n\r\n${html.slice(0, mostHtml).toWellFormed()}`;
  return (await parse(Buffer.from(message))).text ?? '';
}

/** The first address of a header's value, decoded; undefined where there is none. */
export function addressIn(value: string | undefined): MailAddress | undefined {
  const found = parseList(value).find(({ address }) => addressOf(address) !== '');
  return found && { address: addressOf(found.address), name: found.name };
}

/** The addresses of a header's value, those of groups too, in lower case; at most 200. */
export function addressesOf(value: string | undefined): string[] {
  const all = parseList(value).map(({ address }) => addressOf(address));
  return all.filter((address) => address !== '').slice(0, mostAddresses);
}

async function parse(bytes: Buffer): Promise<ParsedMail> {
  try {
    return await simpleParser(bytes, parsing);
  } catch (cause) {
    throw PayloadRefused({ message: 'The body is no mail that can be read.', cause });
  }
}

function parseList(value: string | undefined) {
  return parseAddressHeader((value ?? '').slice(0, 20_000), { flatten: true, decodePunycode: false }).value;
}

/** Of a mail without From: who has sent it for the author, or its return path. */
function senderOf(headers: MailHeaders): MailAddress | undefined {
  for (const name of ['from', 'sender', 'return-path']) {
    const found = addressIn(headerOf(headers, name));
    if (found) return found;
  }
  return undefined;
}

function envelopeOf(headers: MailHeaders): MailEnvelope {
  const recipients = ['delivered-to', 'x-original-to'].flatMap((name) =>
    addressesOf(headerOf(headers, name)),
  );
  return { recipients };
}

/** The parser gives lines as bytes, one a character. */
function fieldOf(line: string): readonly [string, string] {
  const text = decodeText(Buffer.from(line, 'latin1'));
  const colon = text.indexOf(':');
  return colon < 0 ? ['', ''] : [text.slice(0, colon), text.slice(colon + 1)];
}

/** HTML that was too long is converted as far as it goes. */
async function plainTextOf({ text = '', html, textConversionError }: ParsedMail): Promise<string> {
  const isComplete = textConversionError === undefined && text.trim() !== '';
  return isComplete || !html ? text : (await textOfHtml(html)) || text;
}

/** The parser gives `false` for names and types that are missing or broken. */
function filesOf({ attachments }: ParsedMail): MailFile[] {
  return attachments.map(({ filename, contentType, content }) => ({
    name: textOf(filename),
    declaredType: textOf(contentType).toLowerCase(),
    content,
  }));
}
