import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { JsonObject } from '../../core/json.ts';
import type { Commit } from './events.ts';
import type { StripeSettings } from './settings.ts';
import type { StripeStore } from './store.ts';
import type { Webhooks } from './webhooks.ts';

/** What the routes share: one Stripe account. */
export type Account = {
  store: StripeStore;
  settings: StripeSettings;
  webhooks: Webhooks;
  apiKey: string;
  /** Applies a change and journals it. */
  commit: Commit;
};

/** Stripe answers pretty-printed. */
export function answer(reply: FastifyReply, status: number, body: JsonObject): FastifyReply {
  return reply
    .code(status)
    .header('content-type', 'application/json')
    .send(JSON.stringify(body, null, 2));
}

export const newId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

export const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
