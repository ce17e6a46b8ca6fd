import { BoundedHttp } from '../../../shared/connectors/bounded-http.js';
import { Breaker } from '../../../shared/connectors/breaker.js';
import { Connector } from '../../../shared/connectors/connector.js';
import type { RateStore } from '../../../shared/connectors/rate-bucket.js';
import type { LaneGates } from '../../../shared/messaging/lane-gates.js';
import { SlackApi } from './slack-api.js';
import { SlackChat } from './slack-chat.js';
import { explainSlack, explainSlackRead } from './slack-errors.js';
import type { SlackSettings } from './slack-settings.js';

/** The lane, and the connector of calls that read. */
const name = 'slack';

/** Slack with all its parts. They share one breaker and their connections. */
export interface SlackConnector {
  readonly api: SlackApi;
  readonly chat: SlackChat;
}

/** @param bounds for tests */
export function connectSlack(
  settings: SlackSettings,
  rates: RateStore,
  gates: LaneGates,
  bounds: { timeoutMs?: number; maxBytes?: number; breakerOpenMs?: number; patienceMs?: number } = {},
): SlackConnector {
  const { timeoutMs = 10_000, maxBytes = 8 * 1024 * 1024, breakerOpenMs, patienceMs } = bounds;
  const breaker = new Breaker(name, gates, { openMs: breakerOpenMs });
  const api = new SlackApi({
    settings,
    connectors: {
      reads: new Connector({ name, breaker, gates, explain: explainSlackRead }),
      posts: new Connector({ name: `${name}-posts`, breaker, gates, explain: explainSlack }),
    },
    http: new BoundedHttp({ timeoutMs, maxBytes, connections: 8 }),
    rates,
    patienceMs,
  });
  return { api, chat: new SlackChat(api) };
}
