import { asAmount, asObject, asString, asStrings } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { badRequest } from './errors.ts';
import type { HubspotEvent } from './events.ts';
import { PORTAL_ID } from './portal-id.ts';
import { webhookEventsOf } from './webhook-events.ts';
import type { WebhookFormat } from './webhook-events.ts';
import { sendWebhook } from './webhook-sender.ts';
import type { WebhookDelivery, WebhookTarget } from './webhook-sender.ts';

export type Subscription = WebhookTarget & {
  format: WebhookFormat;
  /** `deal.propertyChange`, `deal.propertyChange.dealstage`; all when empty. */
  types: string[];
  /** How long a batch gathers. */
  gatherMs: number;
  /** Before the first retry; each further one waits twice as long. */
  retryMs: number;
};

const BATCH_MAX = 100;
const ATTEMPTS = 10;
const KEPT = 100;

/** Tells a subscriber of every change, as HubSpot does: in batches, signed, and again until it answers by 2xx. */
export class AutomaticWebhooks {
  private subscription: Subscription | undefined;
  private waiting: JsonObject[] = [];
  private timer: NodeJS.Timeout | undefined;
  private nextEventId = 100_001;
  private readonly log: WebhookDelivery[] = [];

  subscribe(subscription: Subscription | undefined): void {
    this.subscription = subscription;
    this.waiting = [];
  }

  /** A change was made. */
  note(event: HubspotEvent): void {
    const { subscription } = this;
    if (!subscription) return;
    const told = webhookEventsOf(event, PORTAL_ID, subscription.format);
    const wanted = told.filter((one) => isWanted(subscription, one));
    this.waiting.push(...wanted.map((one) => this.numbered(one)));
    if (this.waiting.length > 0) this.timer ??= later(subscription.gatherMs, () => this.flush());
  }

  /** Sends a batch at once, to anyone, and says what was answered; it is not tried again. */
  async send(target: WebhookTarget, events: JsonObject[]): Promise<WebhookDelivery> {
    const complete = events.map((event) => ({
      ...{ subscriptionId: 1, portalId: PORTAL_ID, occurredAt: Date.now(), attemptNumber: 0 },
      ...this.numbered(event),
    }));
    return this.noted(await sendWebhook(target, complete));
  }

  /** Without the secret. */
  show(): JsonObject {
    const { secret: _, ...subscription } = this.subscription ?? { secret: '' };
    return { subscription: this.subscription ? subscription : null, deliveries: this.log };
  }

  clear(): void {
    this.subscribe(undefined);
    this.log.length = 0;
    this.nextEventId = 100_001;
  }

  private numbered(event: JsonObject): JsonObject {
    return { eventId: this.nextEventId++, ...event };
  }

  private flush(): void {
    this.timer = undefined;
    const { subscription } = this;
    const batch = this.waiting.splice(0, BATCH_MAX);
    if (!subscription || batch.length === 0) return;
    void this.deliver(subscription, batch, 0);
    if (this.waiting.length > 0) this.timer ??= later(0, () => this.flush());
  }

  private async deliver(subscription: Subscription, batch: JsonObject[], attempt: number): Promise<void> {
    if (subscription !== this.subscription) return;
    const events = batch.map((event) => ({ ...event, attemptNumber: attempt }));
    const { status } = this.noted(await sendWebhook(subscription, events, attempt));
    const wasTaken = status >= 200 && status < 300;
    if (wasTaken || attempt + 1 >= ATTEMPTS) return;
    later(subscription.retryMs * 2 ** attempt, () => void this.deliver(subscription, batch, attempt + 1));
  }

  private noted(delivery: WebhookDelivery): WebhookDelivery {
    this.log.unshift(delivery);
    this.log.length = Math.min(this.log.length, KEPT);
    return delivery;
  }
}

/** What an admin route is asked to send to. */
export function readTarget(input: unknown): WebhookTarget {
  const body = asObject(input);
  const [url, secret, signedUrl] = [body['url'], body['secret'], body['signedUrl']].map(asString);
  if (!url || !/^https?:\/\//.test(url) || !secret) throw badRequest('url and secret are needed');
  return { url, secret, ...(signedUrl && { signedUrl }) };
}

export function readSubscription(input: unknown): Subscription {
  const body = asObject(input);
  return {
    ...readTarget(input),
    format: body['format'] === 'object' ? 'object' : 'classic',
    types: asStrings(body['types']),
    gatherMs: asAmount(body['gatherMs']) ?? 50,
    retryMs: asAmount(body['retryMs']) ?? 1_000,
  };
}

function isWanted({ types }: Subscription, event: JsonObject): boolean {
  const type = String(event['subscriptionType']);
  const names = [type, `${type}.${String(event['propertyName'])}`];
  return types.length === 0 || types.some((wanted) => names.includes(wanted));
}

/** Timers never keep the process alive: the listening socket does. */
function later(ms: number, action: () => void): NodeJS.Timeout {
  return setTimeout(action, ms).unref();
}
