import { Injectable } from '@nestjs/common';
import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import { CreditNoteChanged, InvoiceChanged } from '../contracts.js';
import { instantOf } from '../domain/instant.js';
import { objectOf } from '../domain/json.js';
import { PayloadRefused, SignatureMissing, SignatureRefused } from '../intake.errors.js';
import type {
  Channel,
  Draft,
  Genuine,
  InboundRequest,
  NormalisedEvent,
  Secrets,
  SignedDraft,
  SignOptions,
  Update,
} from './channel.js';
import { base64Bytes, fitsAny, hmac, textKey } from './signatures.js';
import { idOf, lineOf, unreadable } from './untrusted.js';

const secretName = 'xero.webhook-key';
const mostEvents = 1_000;

/** What an event says changed. */
interface Change {
  readonly tenant: string;
  readonly category: string;
  readonly id: string;
  /** `create` or `update`. */
  readonly hint: string;
  readonly at: Date;
}

/**
 * Xero's webhooks: `x-xero-signature` over the raw body, with the key's text as the key although it looks like base64
 * (https://developer.xero.com/documentation/guides/webhooks/configuring-your-server). Xero tries an address with right
 * and wrong signatures, and takes 200 and 401 without a body for an answer, nothing else. The signature has no time:
 * what is sent again is known by the keys of its events.
 */
@Injectable()
export class XeroChannel implements Channel {
  readonly name = 'xero';
  readonly path = 'xero';
  readonly title = 'Xero';
  readonly mediaTypes = ['application/json'];
  readonly secrets = [secretName] as const;
  readonly answer = { taken: 200, body: 'none', unreadable: 'take', busy: 503 } as const;

  verify({ headers, body }: InboundRequest, secrets: Secrets): Genuine {
    const signature = headers['x-xero-signature'];
    if (!signature) throw SignatureMissing();
    const expected = secrets(secretName).map((secret) => hmac(textKey(secret), body));
    if (!fitsAny([base64Bytes(signature)], expected)) throw SignatureRefused();
    return {};
  }

  read({ body }: InboundRequest): readonly Update[] {
    const told = objectOf(parseJsonBounded(body));
    const events: unknown = told['events'];
    if (!Array.isArray(events)) throw PayloadRefused({ message: 'The body has no list of events.' });
    if (events.length > mostEvents) {
      throw PayloadRefused({ message: `A request may have ${mostEvents} events at the most.` });
    }
    return events.length > 0 ? events.map(updateOf) : intentToReceive(told['entropy']);
  }

  example(_source: string, unique: string, now: Date): Draft {
    const event = {
      resourceUrl: `https://api.xero.com/api.xro/2.0/Invoices/${unique}`,
      resourceId: unique,
      tenantId: '00000000-0000-4000-8000-000000000001',
      tenantType: 'ORGANISATION',
      eventCategory: 'INVOICE',
      eventType: 'UPDATE',
      eventDateUtc: now.toISOString().replace('Z', ''),
    };
    const body = { events: [event], firstEventSequence: 1, lastEventSequence: 1, entropy: unique };
    return { contentType: 'application/json; charset=utf-8', body: Buffer.from(JSON.stringify(body)) };
  }

  sign(draft: Draft, { secrets }: SignOptions): SignedDraft {
    const [secret = ''] = secrets(secretName);
    const signature = hmac(textKey(secret), draft.body).toString('base64');
    return { ...draft, headers: { 'x-xero-signature': signature } };
  }
}

/** A trial of the address, or a sign of life: kept once for each value that makes it unique. */
function intentToReceive(entropy: unknown): readonly Update[] {
  const unique = lineOf(entropy, 200);
  if (unique === undefined) return [];
  return [{ key: `intent-to-receive:${unique}`, ignored: 'Xero asks whether its signatures are checked.' }];
}

function updateOf(value: unknown): Update {
  const change = changeOf(value);
  if (!change) return unreadable(value, 'An event has no tenant, resource, category, type or time.');
  const { tenant, id, hint, at, category } = change;
  const key = `${tenant}:${id}:${hint}:${at.toISOString()}`;
  const event = eventOf(change);
  if (!event) return { key, ignored: `Events of category ${category} are not used.` };
  return { key, event, order: { key: `${tenant}:${id}`, at: at.getTime() } };
}

function changeOf(value: unknown): Change | undefined {
  const event = objectOf(value);
  const [tenant, id] = [idOf(event['tenantId']), idOf(event['resourceId'])];
  const [category, type] = [idOf(event['eventCategory']), idOf(event['eventType'])];
  const at = utcOf(event['eventDateUtc']);
  if (!tenant || !id || !category || !type || !at) return undefined;
  return { tenant, id, category, hint: type.toLowerCase(), at };
}

/** Xero writes times in UTC without saying so: `2026-11-20T11:59:57.123`. */
function utcOf(time: unknown): Date | undefined {
  return instantOf(time) ?? (typeof time === 'string' ? instantOf(`${time}Z`) : undefined);
}

function eventOf({ tenant, category, id, hint, at }: Change): NormalisedEvent | undefined {
  const said = { provider: 'xero', account: tenant, hint, at: at.toISOString() } as const;
  if (category === 'INVOICE')
    return normalised(`invoice:${id}`, new InvoiceChanged({ ...said, invoiceId: id }));
  if (category !== 'CREDITNOTE') return undefined;
  return normalised(`credit-note:${id}`, new CreditNoteChanged({ ...said, creditNoteId: id }));
}

function normalised(subject: string, message: object): NormalisedEvent {
  return { message, subject, partitionKey: subject, dataSubjects: [] };
}
