import { BoundedHttp } from '../../../shared/connectors/bounded-http.js';
import { Breaker } from '../../../shared/connectors/breaker.js';
import { Connector } from '../../../shared/connectors/connector.js';
import { RateBucket, type RateLimit, type RateStore } from '../../../shared/connectors/rate-bucket.js';
import type { LaneGates } from '../../../shared/messaging/lane-gates.js';
import { HubspotApi } from './hubspot-api.js';
import { HubspotContacts } from './hubspot-contacts.js';
import { explainHubspot } from './hubspot-errors.js';
import type { HubspotSettings } from './hubspot-settings.js';

/** The connector, the lane and the rate buckets of HubSpot. */
const name = 'hubspot';

/** The least that any account has, until the first answer states what this one has. */
const callLimit: RateLimit = { max: 100, intervalMs: 10_000 };
/** As documented; newer pages say five a second. */
const searchLimit: RateLimit = { max: 4, intervalMs: 1_000 };

/** The HubSpot adapter with all its parts. `bounds` are for tests. */
export function connectHubspot(
  settings: HubspotSettings,
  rates: RateStore,
  gates: LaneGates,
  bounds: { timeoutMs?: number; maxBytes?: number; breakerOpenMs?: number; patienceMs?: number } = {},
): HubspotContacts {
  const { timeoutMs = 10_000, maxBytes = 8 * 1024 * 1024, breakerOpenMs, patienceMs } = bounds;
  const breaker = new Breaker(name, gates, { openMs: breakerOpenMs });
  const api = new HubspotApi({
    settings,
    connector: new Connector({ name, breaker, gates, explain: explainHubspot }),
    http: new BoundedHttp({ timeoutMs, maxBytes, connections: 16 }),
    calls: new RateBucket(rates, name, callLimit, patienceMs),
    searches: new RateBucket(rates, `${name}-search`, searchLimit, patienceMs),
  });
  return new HubspotContacts(api);
}
