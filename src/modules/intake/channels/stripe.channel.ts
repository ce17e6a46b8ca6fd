import { Injectable } from '@nestjs/common';
import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import { InvoiceChanged } from '../contracts.js';
import { OutsideReplayWindow, PayloadRefused, SignatureMissing, SignatureRefused } from '../intake.errors.js';
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
import { fitsAny, hexBytes, hmac, textKey } from './signatures.js';

const secretName = 'stripe.webhook-secret';
const mostSignatures = 20;

interface StripeEvent {
  readonly id: string;
  readonly object: string;
  readonly type: string;
  readonly created: number;
  readonly account?: string;
  readonly data?: { readonly object?: { readonly id?: unknown; readonly customer?: unknown } };
}

/**
 * Stripe's webhooks: `Stripe-Signature: t=…,v1=…` over the raw body, with the whole `whsec_…` text as the key
 * (https://docs.stripe.com/webhooks/signature). Events of invoices are taken; all others are kept and ignored.
 */
@Injectable()
export class StripeChannel implements Channel {
  readonly name = 'stripe';
  readonly path = 'stripe';
  readonly title = 'Stripe';
  readonly mediaTypes = ['application/json'];
  readonly secrets = [secretName] as const;
  readonly answer = { taken: 200, body: 'receipt', unreadable: 'take', busy: 503 } as const;
  readonly replayWindow = 300;

  verify({ headers, body, receivedAt }: InboundRequest, secrets: Secrets): Genuine {
    const { time, signatures } = partsOf(headers['stripe-signature']);
    const age = Math.floor(receivedAt.getTime() / 1000) - Number(time);
    if (Math.abs(age) > this.replayWindow) throw OutsideReplayWindow();
    const expected = secrets(secretName).map((secret) => hmac(textKey(secret), `${time}.`, body));
    if (!fitsAny(signatures, expected)) throw SignatureRefused();
    return {};
  }

  read({ body }: InboundRequest): readonly Update[] {
    const event = eventOf(parseJsonBounded(body));
    const { id, type, created, account = 'self', data } = event;
    const invoiceId = data?.object?.id;
    if (event.object !== 'event' || !type.startsWith('invoice.') || typeof invoiceId !== 'string') {
      return [{ key: id, ignored: `Events of type ${type.slice(0, 100)} are not used.` }];
    }
    const message = new InvoiceChanged({
      provider: 'stripe',
      account,
      invoiceId,
      customerId: customerOf(data?.object?.customer),
      hint: type.slice('invoice.'.length),
      at: new Date(created * 1000).toISOString(),
    });
    const subject = `invoice:${invoiceId}`;
    return [{ key: id, event: { message, subject, partitionKey: subject, dataSubjects: [] } }];
  }

  example(_source: string, unique: string, now: Date): Draft {
    const created = Math.floor(now.getTime() / 1000);
    const object = { id: `in_${unique}`, object: 'invoice', customer: `cus_${unique}`, status: 'open' };
    const event = {
      ...{ id: `evt_${unique}`, object: 'event', api_version: '2026-09-30.clover', created },
      ...{ data: { object }, livemode: false, pending_webhooks: 1, type: 'invoice.overdue' },
    };
    return {
      contentType: 'application/json; charset=utf-8',
      body: Buffer.from(JSON.stringify(event, null, 2)),
    };
  }

  sign(draft: Draft, { secrets, now }: SignOptions): SignedDraft {
    const time = Math.floor(now.getTime() / 1000);
    const [secret = ''] = secrets(secretName);
    const signature = hmac(textKey(secret), `${time}.`, draft.body).toString('hex');
    return { ...draft, headers: { 'stripe-signature': `t=${time},v1=${signature}` } };
  }
}

/** The time (unix seconds) and the `v1` signatures of the header; other schemes are skipped. */
function partsOf(header: string | undefined): { time: string; signatures: Buffer[] } {
  const parts = (header ?? '').split(',').map((part) => part.trim().split('=', 2));
  const time = parts.find(([name]) => name === 't')?.[1] ?? '';
  const signatures = parts.filter(([name]) => name === 'v1').slice(0, mostSignatures);
  if (!/^\d{1,12}$/.test(time) || signatures.length === 0) throw SignatureMissing();
  return { time, signatures: signatures.map(([, value = '']) => hexBytes(value)) };
}

function eventOf(body: unknown): StripeEvent {
  const event = (body ?? {}) as Partial<StripeEvent>;
  const { id, type, created } = event;
  const isThin = event.object === 'v2.core.event';
  if (typeof id !== 'string' || id === '' || typeof type !== 'string') {
    throw PayloadRefused({ message: 'The body is no Stripe event: it has no id or type.' });
  }
  if (!isThin && !(typeof created === 'number' && created > 0 && created < 1e11)) {
    throw PayloadRefused({ message: 'The event has no time at which it was created.' });
  }
  return event as StripeEvent;
}

function customerOf(customer: unknown): string | undefined {
  if (typeof customer === 'string') return customer;
  const id = (customer as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? id : undefined;
}
