import { Injectable } from '@nestjs/common';
import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import { instantOf } from '../domain/instant.js';
import { objectOf, type JsonObject } from '../domain/json.js';
import { recordOf } from '../domain/typeform-response.js';
import { PayloadRefused, SignatureMissing, SignatureRefused } from '../intake.errors.js';
import { Forms } from '../persistence/forms.js';
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
import { submissionUpdate } from './form-submission.js';
import { base64Bytes, fitsAny, hmac, textKey } from './signatures.js';

const secretName = 'typeform.secret';

/** What of a notification is looked at. */
interface Notification {
  readonly type: string;
  /** Of the response: the same however often it is sent. */
  readonly token: string;
  readonly response: JsonObject;
}

/**
 * Typeform's webhooks: `Typeform-Signature: sha256=…`, base64 over the raw body, without a time
 * (https://www.typeform.com/developers/webhooks/secure-your-webhooks/). A complete response is a submission of the
 * registered form. 404 and 410 would switch the webhook off at once, so a form that is disabled is answered with 503.
 */
@Injectable()
export class TypeformChannel implements Channel {
  readonly name = 'typeform';
  readonly path = 'forms/:source';
  readonly title = 'Typeform';
  readonly mediaTypes = ['application/json'];
  readonly secrets = [secretName] as const;
  readonly answer = { taken: 200, body: 'receipt', unreadable: 'take', busy: 503, closed: 503 } as const;

  constructor(private readonly forms: Forms) {}

  async serves(form: string): Promise<boolean> {
    return (await this.forms.viaOf(form)) === 'typeform';
  }

  async verify({ source, headers, body }: InboundRequest, secrets: Secrets): Promise<Genuine> {
    await this.forms.open(source);
    const given = /^sha256=(\S{1,200})$/.exec(headers['typeform-signature'] ?? '')?.[1];
    if (given === undefined) throw SignatureMissing();
    const expected = secrets(secretName).map((secret) => hmac(textKey(secret), body));
    if (!fitsAny([base64Bytes(given)], expected)) throw SignatureRefused();
    return {};
  }

  async read({ source, body }: InboundRequest, id: string): Promise<readonly Update[]> {
    const { type, token, response } = notificationOf(parseJsonBounded(body));
    if (type !== 'form_response') {
      // By a key of its own: the complete response may come later, and has the same token.
      return [{ key: `${source}:${type}:${token}`, ignored: `Events of type ${type} are not used.` }];
    }
    const form = await this.forms.open(source);
    const submittedAt = instantOf(response['submitted_at'])?.toISOString();
    if (submittedAt === undefined)
      throw PayloadRefused({ message: 'The response has no time (submitted_at).' });
    return [submissionUpdate(form, { data: recordOf(response), submittedAt, id, key: `${source}:${token}` })];
  }

  example(_form: string, unique: string, now: Date): Draft {
    const at = `${now.toISOString().slice(0, 19)}Z`;
    const answers = [
      { type: 'email', email: `try.${unique}@example.com`, field: field('email', 'email') },
      { type: 'text', text: 'Ada', field: field('first_name', 'short_text') },
      { type: 'choice', choice: { label: 'Sales' }, field: field('topic', 'multiple_choice') },
    ];
    const response = { form_id: 'Example1', token: unique, landed_at: at, submitted_at: at, answers };
    const event = { event_id: `evt-${unique}`, event_type: 'form_response', form_response: response };
    return { contentType: 'application/json', body: Buffer.from(`${JSON.stringify(event)}\n`) };
  }

  sign(draft: Draft, { secrets }: SignOptions): SignedDraft {
    const [secret = ''] = secrets(secretName);
    const signature = hmac(textKey(secret), draft.body).toString('base64');
    return { ...draft, headers: { 'typeform-signature': `sha256=${signature}` } };
  }
}

function field(ref: string, type: string): object {
  return { id: `id_${ref}`, type, ref };
}

/** @throws INTAKE.PAYLOAD_REFUSED */
function notificationOf(body: unknown): Notification {
  const { event_type: type, form_response } = objectOf(body);
  if (typeof type !== 'string' || !/^[a-z_]{1,50}$/.test(type)) {
    throw PayloadRefused({ message: 'The body is no notification of Typeform: it has no event_type.' });
  }
  const response = objectOf(form_response);
  const { token } = response;
  if (typeof token !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(token)) {
    throw PayloadRefused({ message: 'The notification has no response with a token.' });
  }
  return { type, token, response };
}
