import { BoundedHttp } from '../../../shared/connectors/bounded-http.js';
import { Breaker } from '../../../shared/connectors/breaker.js';
import { Connector } from '../../../shared/connectors/connector.js';
import { RateBucket, type RateLimit, type RateStore } from '../../../shared/connectors/rate-bucket.js';
import type { LaneGates } from '../../../shared/messaging/lane-gates.js';
import { StripeApi } from './stripe-api.js';
import { explainStripe } from './stripe-errors.js';
import { StripeInvoices } from './stripe-invoices.js';
import type { StripeSettings } from './stripe-settings.js';

const name = 'stripe';
/** A quarter of what a live account has, all of what a test account has: others use the account too. */
const callLimit: RateLimit = { max: 25, intervalMs: 1_000 };

export interface StripeConnector {
  readonly api: StripeApi;
  readonly invoices: StripeInvoices;
}

/** Stripe with all its parts. `bounds` are for tests. */
export function connectStripe(
  settings: StripeSettings,
  rates: RateStore,
  gates: LaneGates,
  bounds: { timeoutMs?: number; maxBytes?: number; breakerOpenMs?: number; patienceMs?: number } = {},
): StripeConnector {
  const { timeoutMs = 10_000, maxBytes = 8 * 1024 * 1024, breakerOpenMs, patienceMs } = bounds;
  const breaker = new Breaker(name, gates, { openMs: breakerOpenMs });
  const api = new StripeApi({
    settings,
    connector: new Connector({ name, breaker, gates, explain: explainStripe }),
    http: new BoundedHttp({ timeoutMs, maxBytes, connections: 8 }),
    calls: new RateBucket(rates, name, callLimit, patienceMs),
  });
  return { api, invoices: new StripeInvoices(api, settings) };
}
