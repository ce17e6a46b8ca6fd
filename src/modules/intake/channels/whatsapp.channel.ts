import { Injectable } from '@nestjs/common';
import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import { NotAllowed, SignatureMissing, SignatureRefused } from '../intake.errors.js';
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
import { fitsAny, hexBytes, hmac, sameText, textKey } from './signatures.js';
import { updatesOf } from './whatsapp-delivery.js';

const appSecret = 'whatsapp.app-secret';
const verifyToken = 'whatsapp.verify-token';
const longestChallenge = 200;
/** A delivery of 1,000 updates, each with a hundred members: its 3 MB leave room for few more. */
const mostMembers = 200_000;

/**
 * WhatsApp's Cloud API: `X-Hub-Signature-256: sha256=…` over the raw body by the app secret, and a handshake by GET
 * (https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint). Nothing
 * that is signed carries a time, so only the keys of updates stop what is sent again. Any answer but 200 is followed by
 * retries for seven days.
 */
@Injectable()
export class WhatsappChannel implements Channel {
  readonly name = 'whatsapp';
  readonly path = 'whatsapp';
  readonly title = 'WhatsApp';
  readonly mediaTypes = ['application/json'];
  readonly secrets = [appSecret, verifyToken] as const;
  readonly answer = { taken: 200, body: 'receipt', unreadable: 'take', busy: 503 } as const;

  verify({ headers, body }: InboundRequest, secrets: Secrets): Genuine {
    const digest = /^sha256=([0-9a-f]{64})$/.exec(headers['x-hub-signature-256'] ?? '')?.[1];
    if (digest === undefined) throw SignatureMissing();
    const expected = secrets(appSecret).map((secret) => hmac(textKey(secret), body));
    if (!fitsAny([hexBytes(digest)], expected)) throw SignatureRefused();
    return {};
  }

  read(request: InboundRequest, id: string): readonly Update[] {
    return updatesOf(parseJsonBounded(request.body, { maxKeys: mostMembers }), id, request);
  }

  /** Gives Meta's challenge back, as it is. @throws INTAKE.NOT_ALLOWED */
  greet({ url }: InboundRequest, secrets: Secrets): string {
    const question = url.indexOf('?');
    const query = new URLSearchParams(question < 0 ? '' : url.slice(question + 1));
    const token = single(query, 'hub.verify_token');
    const challenge = single(query, 'hub.challenge');
    // All are looked at: the time must not tell which one fits.
    const fitting = secrets(verifyToken).filter((valid) => sameText(valid, token));
    if (single(query, 'hub.mode') !== 'subscribe' || fitting.length === 0) throw NotAllowed();
    if (challenge === '' || challenge.length > longestChallenge) throw NotAllowed();
    return challenge;
  }

  example(_source: string, unique: string, now: Date): Draft {
    const message = {
      ...{ from: '15550100001', id: `wamid.${unique}`, timestamp: `${Math.floor(now.getTime() / 1000)}` },
      ...{ type: 'text', text: { body: 'Hello, is anybody there?' } },
    };
    const value = {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550100099', phone_number_id: '100000000000001' },
      contacts: [{ profile: { name: 'Ada Example' }, wa_id: '15550100001' }],
      messages: [message],
    };
    const entry = [{ id: '100000000000002', changes: [{ value, field: 'messages' }] }];
    const body = JSON.stringify({ object: 'whatsapp_business_account', entry });
    return { contentType: 'application/json', body: Buffer.from(body) };
  }

  sign(draft: Draft, { secrets }: SignOptions): SignedDraft {
    const [secret = ''] = secrets(appSecret);
    const digest = hmac(textKey(secret), draft.body).toString('hex');
    return { ...draft, headers: { 'x-hub-signature-256': `sha256=${digest}` } };
  }
}

/** A parameter's value; empty when it is not there, or there several times. */
function single(query: URLSearchParams, name: string): string {
  const [value = '', ...more] = query.getAll(name);
  return more.length === 0 ? value : '';
}
