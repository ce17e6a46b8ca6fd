import { createHmac } from 'node:crypto';
import { presentEvent } from './present.ts';
import type { KeptEvent, WebhookTarget } from './records.ts';
import type { StripeStore } from './store.ts';

/** What became of a webhook that was sent. `status` 0: no answer. */
export type Delivery = { url: string; status: number; ms: number; body: string; type: string };

const PATIENCE_MS = 10_000;
const KEPT = 50;

/** Stripe's webhooks: the time and the pretty-printed body, signed with the whole text of the secret. */
export class Webhooks {
  readonly deliveries: Delivery[] = [];
  private readonly store: StripeStore;

  constructor(store: StripeStore) {
    this.store = store;
  }

  /** Sends what happened, where the target wants all that happens. Nobody waits for it. */
  about(event: KeptEvent): void {
    const target = this.store.webhook;
    if (target?.automatic) void this.send(target, event);
  }

  async send({ url, secret }: WebhookTarget, event: KeptEvent): Promise<Delivery> {
    const begun = Date.now();
    const body = JSON.stringify(presentEvent(event), null, 2);
    const time = Math.floor(begun / 1_000);
    const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': `t=${time},v1=${signature}`,
    };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const [status, text] = await fetch(url, {
      method: 'POST',
      headers,
      body,
      signal,
      redirect: 'manual',
    }).then(
      async (answer): Promise<[number, string]> => [answer.status, (await answer.text()).slice(0, 2_000)],
      (error: unknown): [number, string] => [0, String(error)],
    );
    const delivery = { url, status, ms: Date.now() - begun, body: text, type: event.type };
    this.deliveries.push(delivery);
    if (this.deliveries.length > KEPT) this.deliveries.shift();
    return delivery;
  }
}
