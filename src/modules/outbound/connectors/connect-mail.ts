import { BoundedHttp } from '../../../shared/connectors/bounded-http.js';
import { Breaker } from '../../../shared/connectors/breaker.js';
import { Connector } from '../../../shared/connectors/connector.js';
import { RateBucket, type RateStore } from '../../../shared/connectors/rate-bucket.js';
import type { LaneGates } from '../../../shared/messaging/lane-gates.js';
import { ConfiguredMailer } from './configured-mailer.js';
import type { MailSettings } from './mail-settings.js';
import { PostmarkApi } from './postmark-api.js';
import { explainPostmark } from './postmark-errors.js';
import { PostmarkMailer } from './postmark-mailer.js';
import { explainSmtp } from './smtp-errors.js';
import { SmtpMailer } from './smtp-mailer.js';
import { SmtpTokens } from './smtp-tokens.js';

/** The connector and the lane, whichever way mails leave. */
const name = 'mail';

export interface MailConnector {
  readonly mailer: ConfiguredMailer;
  readonly smtp: SmtpMailer;
  readonly postmark: PostmarkMailer;
  readonly postmarkApi: PostmarkApi;
}

/** Mail with all its parts. `bounds` are for tests. */
export function connectMail(
  settings: MailSettings,
  rates: RateStore,
  gates: LaneGates,
  bounds: { timeoutMs?: number; maxBytes?: number; breakerOpenMs?: number; patienceMs?: number } = {},
): MailConnector {
  const { timeoutMs = 10_000, maxBytes = 1024 * 1024, breakerOpenMs: openMs, patienceMs } = bounds;
  const mails = new RateBucket(rates, name, { max: settings.perMinute, intervalMs: 60_000 }, patienceMs);
  const calls = new RateBucket(rates, `${name}-reading`, { max: 60, intervalMs: 60_000 }, patienceMs);
  const http = new BoundedHttp({ timeoutMs, maxBytes, connections: 8 });
  const connectorOf = (explain: typeof explainSmtp): Connector =>
    new Connector({ name, breaker: new Breaker(name, gates, { openMs }), gates, explain });
  const tokens = new SmtpTokens(settings, http);
  const smtp = new SmtpMailer({ settings, connector: connectorOf(explainSmtp), mails, tokens, timeoutMs });
  const postmarkApi = new PostmarkApi({
    settings,
    connector: connectorOf(explainPostmark),
    http,
    mails,
    calls,
  });
  const postmark = new PostmarkMailer(postmarkApi, settings);
  return { mailer: new ConfiguredMailer(settings, { postmark, smtp }), smtp, postmark, postmarkApi };
}
