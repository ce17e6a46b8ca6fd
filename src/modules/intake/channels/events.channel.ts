import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import type { ExternalEventReceived } from '../contracts.js';
import { structuredEvent } from '../domain/cloud-event.js';
import { PayloadRefused, SignatureRefused } from '../intake.errors.js';
import type {
  Channel,
  Draft,
  Genuine,
  Headers,
  InboundRequest,
  Secrets,
  SignedDraft,
  SignOptions,
  Update,
} from './channel.js';
import { binaryEvent, binaryId } from './cloud-event-headers.js';
import { standardWebhookHeaders, verifyStandardWebhook } from './standard-webhooks.js';

const secretName = 'events.signing-secret';
const structured = 'application/cloudevents+json';
const batched = 'application/cloudevents-batch+json';

/**
 * CloudEvents 1.0 of other systems, signed by Standard Webhooks: structured, batched, and in binary mode
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md).
 */
@Injectable()
export class CloudEventsChannel implements Channel {
  readonly name = 'events';
  readonly path = 'events';
  readonly title = 'CloudEvents';
  readonly mediaTypes = [structured, batched, 'application/json', 'text/plain', 'application/octet-stream'];
  readonly secrets = [secretName] as const;
  readonly answer = { taken: 202, body: 'receipt', unreadable: 'refuse', busy: 429 } as const;
  readonly replayWindow = 300;

  /**
   * The signature covers the body and `webhook-id`, and none of the `ce-*` headers. So in binary mode the two ids have
   * to be the same one; `read` takes what is signed under an id as one event only, whatever its headers say.
   */
  verify({ body, headers, receivedAt }: InboundRequest, secrets: Secrets): Genuine {
    const { id } = verifyStandardWebhook(body, headers, secrets(secretName), receivedAt);
    if (isBinary(headers) && binaryId(headers) !== id) {
      throw SignatureRefused({ message: 'In binary mode `ce-id` has to be the signed `webhook-id`.' });
    }
    return { requestKey: id };
  }

  read(request: InboundRequest): readonly Update[] {
    const { headers, body, receivedAt } = request;
    if (isBinary(headers)) {
      const event = binaryEvent(request);
      return [{ ...updateOf(event), order: { key: `binary ${event.eventId}`, at: 0 } }];
    }
    const content = parseJsonBounded(body);
    if (mediaTypeOf(headers) === structured) return [updateOf(structuredEvent(content, receivedAt))];
    if (!Array.isArray(content)) throw PayloadRefused({ message: 'A batch of CloudEvents is a list.' });
    return content.map((item: unknown) => readItem(item, receivedAt));
  }

  example(_source: string, unique: string, now: Date): Draft {
    const event = {
      ...{ specversion: '1.0', id: unique, source: '/try', type: 'com.example.tried', subject: 'signalbox' },
      ...{ time: now.toISOString(), datacontenttype: 'application/json', data: { tried: true } },
    };
    return { contentType: `${structured}; charset=utf-8`, body: Buffer.from(JSON.stringify(event)) };
  }

  sign(draft: Draft, { secrets, now, id }: SignOptions): SignedDraft {
    const [secret = ''] = secrets(secretName);
    return { ...draft, headers: standardWebhookHeaders(draft.body, { id, now, secret }) };
  }
}

function mediaTypeOf(headers: Headers): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function isBinary(headers: Headers): boolean {
  return ![structured, batched].includes(mediaTypeOf(headers));
}

/** One that is broken is told apart by its content, and leaves its neighbours alone. */
function readItem(item: unknown, receivedAt: Date): Update {
  try {
    return updateOf(structuredEvent(item, receivedAt));
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { key: `sha256:${sha256(JSON.stringify(item))}`, rejected: error };
  }
}

function updateOf(message: ExternalEventReceived): Update {
  const { eventId, origin, subject = '' } = message;
  return {
    key: `${origin} ${eventId}`,
    event: {
      message,
      subject: `external-event:${eventId}`,
      // By what it is about; hashed, for it may name a person.
      partitionKey: sha256(`${origin} ${subject}`),
      dataSubjects: [],
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
