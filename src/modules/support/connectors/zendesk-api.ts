import type { BoundedHttp } from '../../../shared/connectors/bounded-http.js';
import type { Connector } from '../../../shared/connectors/connector.js';
import type { RateBucket } from '../../../shared/connectors/rate-bucket.js';
import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import { AnswerInvalid } from '../support.errors.js';
import {
  exportPageOf,
  userOf,
  webhooksOf,
  type ZendeskExportPage,
  type ZendeskUser,
  type ZendeskWebhook,
} from './zendesk-answers.js';
import { Refusal } from './zendesk-errors.js';
import type { ZendeskSettings } from './zendesk-settings.js';
import type { ZendeskToken, ZendeskTokens } from './zendesk-tokens.js';

export interface ZendeskApiParts {
  readonly settings: ZendeskSettings;
  readonly tokens: ZendeskTokens;
  readonly connector: Connector;
  readonly http: BoundedHttp;
  /** The account's limit a minute. */
  readonly calls: RateBucket;
  /** Incremental exports have a limit of their own. */
  readonly exports: RateBucket;
}

/** A page of a hundred tickets with their custom fields. */
const pageSize = 100;
const mostMembers = 200_000;

/** The calls of Zendesk's API that the product makes. All of them read. */
export class ZendeskApi {
  constructor(private readonly parts: ZendeskApiParts) {}

  /** Tells what the token may do, by the token endpoint alone. @throws CodedError */
  async token(signal?: AbortSignal): Promise<ZendeskToken> {
    const { connector, calls, tokens } = this.parts;
    return connector.call(calls, signal, async () => tokens.current());
  }

  /** As whom the token acts. */
  async me(signal?: AbortSignal): Promise<ZendeskUser> {
    return userOf(await this.get('/users/me', this.parts.calls, signal));
  }

  async webhooks(signal?: AbortSignal): Promise<readonly ZendeskWebhook[]> {
    return webhooksOf(await this.get('/webhooks', this.parts.calls, signal));
  }

  /**
   * Tickets in the order of their changes, up to a minute ago
   * (https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/). Admins alone may ask.
   * @param from unix seconds, at least a minute ago; or what the last page gave as `cursor`
   */
  async export(from: number | string, signal?: AbortSignal): Promise<ZendeskExportPage> {
    const query = new URLSearchParams({
      per_page: String(pageSize),
      ...(typeof from === 'number' ? { start_time: String(from) } : { cursor: from }),
    });
    const path = `/incremental/tickets/cursor?${query.toString()}`;
    return exportPageOf(await this.get(path, this.parts.exports, signal));
  }

  private async get(path: string, bucket: RateBucket, signal?: AbortSignal): Promise<unknown> {
    const { connector, http, tokens, settings } = this.parts;
    return connector.call(bucket, signal, async () => {
      const { value } = await tokens.current();
      const { status, headers, body } = await http.call({
        ...{ url: `${settings.baseUrl ?? ''}/api/v2${path}`, method: 'GET', signal },
        headers: { authorization: `Bearer ${value}`, accept: 'application/json' },
      });
      if (status === 401) tokens.forget();
      if (status !== 200) throw new Refusal(status, headers, body);
      return parsed(body);
    });
  }
}

function parsed(body: string): unknown {
  try {
    return parseJsonBounded(Buffer.from(body), { maxKeys: mostMembers });
  } catch {
    throw AnswerInvalid({ details: { found: 'no JSON' } });
  }
}
