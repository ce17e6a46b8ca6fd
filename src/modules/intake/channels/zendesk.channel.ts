import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { instantOf } from '../domain/instant.js';
import { OutsideReplayWindow, SignatureMissing, SignatureRefused } from '../intake.errors.js';
import type {
  AnswerRules,
  Channel,
  Draft,
  Genuine,
  InboundRequest,
  Secrets,
  SignedDraft,
  SignOptions,
  Update,
} from './channel.js';
import { base64Bytes, fitsAny, hmac, textKey } from './signatures.js';
import { requestKeyOf, zendeskUpdate } from './zendesk-events.js';

const secretName = 'zendesk.webhook-secret';
/** What every webhook is signed with that is tried before it is created: anyone can sign with it. */
const publicSecret = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==';

/**
 * Zendesk's webhooks, of event subscriptions and of triggers and automations. The signature is over the text of the
 * time and the raw body without anything between them, with the secret's text as the key although it looks like base64
 * (https://developer.zendesk.com/documentation/webhooks/verifying/). Only one spelling of the time is therefore taken:
 * in no other way could a character be moved between the two.
 */
@Injectable()
export class ZendeskChannel implements Channel {
  readonly name = 'zendesk';
  readonly path = 'zendesk';
  readonly title = 'Zendesk';
  readonly mediaTypes = ['application/json'];
  readonly secrets = [secretName] as const;
  // It heeds a Retry-After only below 60 s (https://developer.zendesk.com/api-reference/webhooks/introduction).
  readonly answer: AnswerRules = {
    ...{ taken: 200, body: 'receipt', unreadable: 'take' },
    ...{ busy: 503, mostRetryAfter: 59 },
  };
  /** Zendesk names none; five minutes are what others use. */
  readonly replayWindow = 300;

  verify(request: InboundRequest, secrets: Secrets): Genuine {
    const { headers, body, receivedAt } = request;
    const signature = headers['x-zendesk-webhook-signature'];
    const time = headers['x-zendesk-webhook-signature-timestamp'];
    const signedAt = instantOf(time);
    if (!signature || !time || !signedAt) throw SignatureMissing();
    const age = receivedAt.getTime() - signedAt.getTime();
    if (Math.abs(age) > this.replayWindow * 1000) throw OutsideReplayWindow();
    const known = secrets(secretName).filter((secret) => secret !== publicSecret);
    const expected = known.map((secret) => hmac(textKey(secret), time, body));
    if (!fitsAny([base64Bytes(signature)], expected)) throw SignatureRefused();
    return { requestKey: requestKeyOf(request) };
  }

  read(request: InboundRequest): readonly Update[] {
    return [zendeskUpdate(request)];
  }

  example(_source: string, unique: string, now: Date): Draft {
    const ticket = String(createHash('sha256').update(unique).digest().readUIntBE(0, 6));
    const event = {
      ...{ type: 'zen:event-type:ticket.status_changed', account_id: 1_000_001, id: unique },
      ...{ time: now.toISOString(), zendesk_event_version: '2022-11-06', subject: `zen:ticket:${ticket}` },
      detail: { id: ticket, status: 'SOLVED', priority: 'HIGH', actor_id: '1' },
      event: { current: 'SOLVED', previous: 'OPEN' },
    };
    return { contentType: 'application/json; charset=utf-8', body: Buffer.from(JSON.stringify(event)) };
  }

  sign(draft: Draft, { secrets, now, id }: SignOptions): SignedDraft {
    const time = now.toISOString().replace(/\.\d+/, '');
    const [secret = ''] = secrets(secretName);
    return {
      ...draft,
      headers: {
        'x-zendesk-account-id': '1000001',
        'x-zendesk-webhook-invocation-id': id,
        'x-zendesk-webhook-signature': hmac(textKey(secret), time, draft.body).toString('base64'),
        'x-zendesk-webhook-signature-timestamp': time,
      },
    };
  }
}
