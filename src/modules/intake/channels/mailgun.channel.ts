import { Injectable } from '@nestjs/common';
import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import { OutsideReplayWindow, SignatureMissing, SignatureRefused } from '../intake.errors.js';
import { objectOf, textOf } from '../domain/json.js';
import type {
  Channel,
  Draft,
  Genuine,
  InboundRequest,
  Secrets,
  SignedDraft,
  SignOptions,
  Update,
} from './channel.js';
import { readForm, type Form } from './form-body.js';
import { updatesOfMail } from './mail-reading.js';
import { updateOfMailgunEvent } from './mailgun-events.js';
import { readMailgunMail } from './mailgun-mail.js';
import { fitsAny, hexBytes, hmac, textKey } from './signatures.js';
import { lineOf } from './untrusted.js';

const secretName = 'mailgun.signing-key';
/** Seconds that Mailgun's clock may be ahead. */
const future = 300;
const notSigned = 'The request has no timestamp, token and signature.';

/** What Mailgun signs: not the content. */
interface Signature {
  /** Unix seconds. */
  readonly timestamp: string;
  readonly token: string;
  readonly signature: string;
}

/**
 * Mailgun's routes (forms) and event webhooks (JSON): HMAC-SHA256 of timestamp and token, hexadecimal, among the fields
 * (https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks). The content is not signed, so
 * a token counts once: whatever comes with it later is superseded. Deliveries are repeated over 8 hours; 406 ends that.
 */
@Injectable()
export class MailgunChannel implements Channel {
  readonly name = 'mailgun';
  readonly path = 'email/mailgun';
  readonly title = 'Mailgun';
  readonly mediaTypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'application/json'];
  readonly secrets = [secretName] as const;
  readonly answer = { taken: 200, body: 'receipt', unreadable: 406, busy: 503 } as const;
  readonly replayWindow = 12 * 60 * 60;

  async verify(request: InboundRequest, secrets: Secrets): Promise<Genuine> {
    const { timestamp, token, signature } = await signatureOf(request);
    const age = Math.floor(request.receivedAt.getTime() / 1000) - Number(timestamp);
    if (age > this.replayWindow || age < -future) {
      throw OutsideReplayWindow({
        message: 'The timestamp is more than twelve hours old, or of the future.',
      });
    }
    const expected = secrets(secretName).map((secret) => hmac(textKey(secret), timestamp, token));
    if (!fitsAny([hexBytes(signature)], expected)) throw SignatureRefused();
    return { requestKey: `token:${token}` };
  }

  async read(request: InboundRequest, id: string): Promise<readonly Update[]> {
    const { receivedAt } = request;
    if (isJson(request)) {
      const payload = objectOf(parseJsonBounded(request.body));
      return onceByToken([updateOfMailgunEvent(payload, receivedAt)], fieldsOf(payload['signature']).token);
    }
    const form = await readForm(request.headers['content-type'], request.body);
    const updates = await updatesOfMail(await readMailgunMail(form), { id, receivedAt });
    return onceByToken(updates, form.text('token'));
  }

  example(_source: string, unique: string, now: Date): Draft {
    const headers = [
      ['Message-Id', `<try.${unique}@example.com>`],
      ['Date', now.toUTCString()],
    ];
    const fields = new URLSearchParams({
      ...{
        recipient: 'support@example.com',
        sender: 'ada@example.com',
        from: 'Ada Example <ada@example.com>',
      },
      ...{ subject: 'Where is my order?', 'body-plain': 'Hello, where is my order?' },
      ...{ 'stripped-text': 'Hello, where is my order?', 'message-headers': JSON.stringify(headers) },
    });
    return { contentType: 'application/x-www-form-urlencoded', body: Buffer.from(fields.toString()) };
  }

  /** Only forms that are URL-encoded, as the example is. */
  sign({ contentType, body }: Draft, { secrets, now, id }: SignOptions): SignedDraft {
    const timestamp = String(Math.floor(now.getTime() / 1000));
    const token = Buffer.from(id).toString('hex').slice(-50).padStart(50, '0');
    const signature = hmac(textKey(secrets(secretName)[0] ?? ''), timestamp, token).toString('hex');
    const fields = new URLSearchParams({ timestamp, token, signature }).toString();
    return { contentType, body: Buffer.concat([body, Buffer.from(`&${fields}`)]), headers: {} };
  }
}

function isJson({ headers }: InboundRequest): boolean {
  return /^\s*application\/json\b/i.test(headers['content-type'] ?? '');
}

/** Whatever cannot be read has no signature. @throws INTAKE.SIGNATURE_MISSING */
async function signatureOf(request: InboundRequest): Promise<Signature> {
  const fields = await given(request);
  const isWhole = /^\d{10}$/.test(fields.timestamp) && /^[\x21-\x7e]{1,100}$/.test(fields.token);
  if (!isWhole || fields.signature === '') {
    throw SignatureMissing({ message: notSigned });
  }
  return fields;
}

async function given(request: InboundRequest): Promise<Signature> {
  try {
    if (isJson(request)) return fieldsOf(objectOf(parseJsonBounded(request.body))['signature']);
    return fieldsOfForm(await readForm(request.headers['content-type'], request.body, 'fields'));
  } catch (error) {
    if (error instanceof CodedError) throw SignatureMissing({ message: notSigned, cause: error });
    throw error;
  }
}

function fieldsOf(value: unknown): Signature {
  const { timestamp, token, signature } = objectOf(value);
  return { timestamp: textOf(timestamp), token: textOf(token), signature: textOf(signature) };
}

function fieldsOfForm(form: Form): Signature {
  const [timestamp = '', token = '', signature = ''] = ['timestamp', 'token', 'signature'].map((name) =>
    form.text(name),
  );
  return { timestamp, token, signature };
}

/** Of all that comes with one token only the first counts; a retry has the keys of the first and changes nothing. */
function onceByToken(updates: readonly Update[], token: string): readonly Update[] {
  const name = lineOf(token, 100) ?? '';
  return updates.map((update, place) => ({ ...update, order: { key: `token:${name}#${place}`, at: 1 } }));
}
