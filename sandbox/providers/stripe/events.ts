import type {
  Author,
  KeptEvent,
  StripeAccount,
  StripeCustomer,
  StripeInvoice,
  WebhookTarget,
} from './records.ts';

/** What was answered under an Idempotency-Key. */
export type KeptAnswer = { hash: string; at: number; status: number; body: string };

/** Everything that changes what the simulator holds; its journal is a list of these. */
export type StripeEvent =
  | { type: 'invoice-put'; invoice: StripeInvoice; isNew: boolean; by: Author }
  | { type: 'invoice-unchanged'; by: Author }
  | { type: 'customer-put'; customer: StripeCustomer; isNew: boolean; by: Author }
  | { type: 'account-put'; account: StripeAccount }
  | { type: 'event-kept'; event: KeptEvent }
  | { type: 'webhook-set'; target?: WebhookTarget }
  | { type: 'answer-kept'; key: string; answer: KeptAnswer }
  | { type: 'counters-kept'; nextNumber: number; effects: unknown; customerEffects: unknown };

export type Commit = (event: StripeEvent) => void;
