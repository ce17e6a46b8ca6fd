import type { FastifyReply } from 'fastify';
import type { JsonObject } from '../../core/json.ts';
import type { Commit } from './events.ts';
import type { Limits } from './limits.ts';
import type { XeroSettings } from './settings.ts';
import type { XeroStore } from './store.ts';
import type { Webhooks } from './webhooks.ts';

/** What the routes share: one Xero app and the organisations that it is connected to. */
export type Company = {
  store: XeroStore;
  settings: XeroSettings;
  limits: Limits;
  webhooks: Webhooks;
  clientId: string;
  clientSecret: string;
  /** Applies a change, journals it, and sends a webhook about it where that is wanted. */
  commit: Commit;
};

export function answer(reply: FastifyReply, status: number, body: JsonObject | unknown[]): FastifyReply {
  return reply
    .code(status)
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify(body));
}
