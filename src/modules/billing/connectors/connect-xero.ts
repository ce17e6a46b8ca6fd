import { BoundedHttp } from '../../../shared/connectors/bounded-http.js';
import { Breaker } from '../../../shared/connectors/breaker.js';
import { Connector } from '../../../shared/connectors/connector.js';
import { RateBucket, type RateLimit, type RateStore } from '../../../shared/connectors/rate-bucket.js';
import type { LaneGates } from '../../../shared/messaging/lane-gates.js';
import type { OauthGrants } from '../persistence/oauth-grants.js';
import { XeroApi } from './xero-api.js';
import { explainXero } from './xero-errors.js';
import { XeroInvoices } from './xero-invoices.js';
import { XeroOauth } from './xero-oauth.js';
import type { XeroSettings } from './xero-settings.js';
import { XeroTokens } from './xero-tokens.js';

const name = 'xero';
/** As documented, for one organisation. */
const callLimit: RateLimit = { max: 60, intervalMs: 60_000 };
/** Xero takes five calls at once from all processes together. */
const connections = 2;

export interface XeroWorld {
  readonly settings: XeroSettings;
  readonly grants: OauthGrants;
  readonly rates: RateStore;
  readonly gates: LaneGates;
  readonly now: () => Date;
}

/** All that speaks to Xero. */
export interface XeroConnector {
  readonly api: XeroApi;
  readonly invoices: XeroInvoices;
  readonly oauth: XeroOauth;
  readonly tokens: XeroTokens;
}

/** Xero with all its parts. `bounds` are for tests. */
export function connectXero(
  { settings, grants, rates, gates, now }: XeroWorld,
  bounds: { timeoutMs?: number; maxBytes?: number; breakerOpenMs?: number; patienceMs?: number } = {},
): XeroConnector {
  const { timeoutMs = 10_000, maxBytes = 8 * 1024 * 1024, breakerOpenMs, patienceMs } = bounds;
  const http = new BoundedHttp({ timeoutMs, maxBytes, connections });
  const oauth = new XeroOauth(settings, http);
  const tokens = new XeroTokens({ settings, oauth, grants, now });
  const breaker = new Breaker(name, gates, { openMs: breakerOpenMs });
  const api = new XeroApi({
    settings,
    tokens,
    connector: new Connector({ name, breaker, gates, explain: explainXero }),
    http,
    calls: new RateBucket(rates, name, callLimit, patienceMs),
  });
  return { api, oauth, tokens, invoices: new XeroInvoices({ api, settings }) };
}
