import { createHmac, randomBytes } from 'node:crypto';
import { webhookTime } from './dates.ts';
import type { Commit, XeroEvent } from './events.ts';
import type { WebhookTarget } from './records.ts';
import { DEFAULT_TENANT } from './store.ts';
import type { XeroStore } from './store.ts';

type Change = {
  category: 'INVOICE' | 'CONTACT' | 'CREDITNOTE';
  path: string;
  id: string;
  at: number;
  isNew: boolean;
};

/** What became of a webhook that was sent. `status` 0: no answer. */
export type Delivery = { url: string; status: number; ms: number; body: string; events: number };

const PATIENCE_MS = 5_000;
const KEPT = 50;

/** Xero's webhooks: signed with the key as text, thin, numbered. */
export class Webhooks {
  readonly deliveries: Delivery[] = [];
  private readonly store: XeroStore;
  private readonly commit: Commit;

  constructor(store: XeroStore, commit: Commit) {
    this.store = store;
    this.commit = commit;
  }

  /** Sends what changed, where the target wants all that changes. Nobody waits for it. */
  about(event: XeroEvent): void {
    const target = this.store.webhook;
    const change = changeOf(event);
    if (target?.automatic && change) void this.send(target, [change]);
  }

  /** An event about a record that exists, as if it had just been changed. */
  async sendInvoice(target: WebhookTarget, id: string, isNew: boolean): Promise<Delivery | undefined> {
    const invoice = this.store.invoice(id);
    if (!invoice) return undefined;
    return this.send(target, [
      { category: 'INVOICE', path: 'Invoices', id: invoice.id, at: invoice.updatedAt, isNew },
    ]);
  }

  /** The trial of an address: right signatures must be answered 200, wrong ones 401, both without a body. */
  async intentToReceive(target: WebhookTarget): Promise<{ ok: boolean; deliveries: Delivery[] }> {
    const deliveries: Delivery[] = [];
    let ok = true;
    for (const isRight of [true, false, false, true]) {
      const body = JSON.stringify({ ...emptyBatch(), entropy: entropy() });
      const signature = isRight ? sign(target.key, body) : sign(`${target.key}!`, body);
      const delivery = await this.post(target.url, body, signature, 0);
      deliveries.push(delivery);
      ok &&= delivery.status === (isRight ? 200 : 401) && delivery.body === '' && delivery.ms < PATIENCE_MS;
    }
    return { ok, deliveries };
  }

  private async send(target: WebhookTarget, changes: Change[]): Promise<Delivery> {
    const first = this.store.sequence + 1;
    this.commit({ type: 'sequence-advanced', sequence: this.store.sequence + changes.length });
    const body = JSON.stringify({
      events: changes.map(eventOf),
      firstEventSequence: first,
      lastEventSequence: this.store.sequence,
      entropy: entropy(),
    });
    return this.post(target.url, body, sign(target.key, body), changes.length);
  }

  private async post(url: string, body: string, signature: string, events: number): Promise<Delivery> {
    const begun = Date.now();
    const headers = { 'content-type': 'application/json; charset=utf-8', 'x-xero-signature': signature };
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
    const delivery = { url, status, ms: Date.now() - begun, body: text, events };
    this.deliveries.push(delivery);
    if (this.deliveries.length > KEPT) this.deliveries.shift();
    return delivery;
  }
}

const entropy = (): string => randomBytes(15).toString('base64url').toUpperCase();

const emptyBatch = (): object => ({ events: [], firstEventSequence: 0, lastEventSequence: 0 });

/** The key is used as the text that it is, although it looks like base64. */
const sign = (key: string, body: string): string => createHmac('sha256', key).update(body).digest('base64');

function eventOf({ category, path, id, at, isNew }: Change): object {
  return {
    resourceUrl: `https://api.xero.com/api.xro/2.0/${path}/${id}`,
    resourceId: id,
    tenantId: DEFAULT_TENANT,
    tenantType: 'ORGANISATION',
    eventCategory: category,
    eventType: isNew ? 'CREATE' : 'UPDATE',
    eventDateUtc: webhookTime(at),
    ...(category === 'CREDITNOTE' ? { data: { Type: 'ACCRECCREDIT', Status: 'PAID' } } : {}),
  };
}

function changeOf(event: XeroEvent): Change | undefined {
  switch (event.type) {
    case 'invoice-put': {
      const { id, updatedAt: at } = event.invoice;
      return { category: 'INVOICE', path: 'Invoices', id, at, isNew: event.isNew };
    }
    case 'contact-put': {
      const { id, updatedAt: at } = event.contact;
      return { category: 'CONTACT', path: 'Contacts', id, at, isNew: event.isNew };
    }
    case 'credit-note-put': {
      const { id, updatedAt: at } = event.creditNote;
      return { category: 'CREDITNOTE', path: 'CreditNotes', id, at, isNew: true };
    }
    default:
      return undefined;
  }
}
