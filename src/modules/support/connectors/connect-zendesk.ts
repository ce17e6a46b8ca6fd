import { BoundedHttp } from '../../../shared/connectors/bounded-http.js';
import { Breaker } from '../../../shared/connectors/breaker.js';
import { Connector } from '../../../shared/connectors/connector.js';
import { RateBucket, type RateLimit, type RateStore } from '../../../shared/connectors/rate-bucket.js';
import type { LaneGates } from '../../../shared/messaging/lane-gates.js';
import { ZendeskApi } from './zendesk-api.js';
import { explainZendesk } from './zendesk-errors.js';
import type { ZendeskSettings } from './zendesk-settings.js';
import { ZendeskTokens } from './zendesk-tokens.js';

const name = 'zendesk';
/** Of the smallest plan, for the account. */
const callLimit: RateLimit = { max: 200, intervalMs: 60_000 };
/** Of incremental exports, without the add-on for high volume. */
const exportLimit: RateLimit = { max: 10, intervalMs: 60_000 };

export interface ZendeskWorld {
  readonly settings: ZendeskSettings;
  readonly rates: RateStore;
  readonly gates: LaneGates;
  readonly now: () => Date;
}

/** Zendesk with all its parts. `bounds` are for tests. */
export function connectZendesk(
  { settings, rates, gates, now }: ZendeskWorld,
  bounds: { timeoutMs?: number; maxBytes?: number; breakerOpenMs?: number; patienceMs?: number } = {},
): ZendeskApi {
  const { timeoutMs = 10_000, maxBytes = 16 * 1024 * 1024, breakerOpenMs, patienceMs } = bounds;
  const http = new BoundedHttp({ timeoutMs, maxBytes, connections: 8 });
  const breaker = new Breaker(name, gates, { openMs: breakerOpenMs });
  return new ZendeskApi({
    settings,
    http,
    tokens: new ZendeskTokens(settings, http, now),
    connector: new Connector({ name, breaker, gates, explain: explainZendesk }),
    calls: new RateBucket(rates, name, callLimit, patienceMs),
    exports: new RateBucket(rates, `${name}-export`, exportLimit, patienceMs),
  });
}
