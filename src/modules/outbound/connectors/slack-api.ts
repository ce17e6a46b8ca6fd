import type { BoundedHttp } from '../../../shared/connectors/bounded-http.js';
import type { Connector } from '../../../shared/connectors/connector.js';
import { RateBucket, type RateStore } from '../../../shared/connectors/rate-bucket.js';
import { parseJsonBounded } from '../../../shared/http/parse-json.js';
import { ChatNotConnected } from '../chat.errors.js';
import { SlackRefusal } from './slack-errors.js';
import type { SlackSettings } from './slack-settings.js';

export interface SlackApiParts {
  readonly settings: SlackSettings;
  /** `posts` is no lane: a channel that is at its limit holds up no other. */
  readonly connectors: { readonly reads: Connector; readonly posts: Connector };
  readonly http: BoundedHttp;
  readonly rates: RateStore;
  readonly patienceMs?: number;
}

export interface SlackAnswer {
  /** The members of the answer, `ok` among them; nothing else of it is checked. */
  readonly body: Readonly<Record<string, unknown>>;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

type Arguments = Readonly<Record<string, string | undefined>>;

/** Tier 3 of Slack's limits: 50 calls a minute of a method (https://docs.slack.dev/apis/web-api/rate-limits). */
const readLimit = { max: 50, intervalMs: 60_000 };
const postLimit = { max: 1, intervalMs: 1_000 };

/**
 * Slack's Web API over plain HTTP: forms, which every method takes, and answers whose `ok` says whether they are one.
 * https://docs.slack.dev/apis/web-api
 */
export class SlackApi {
  private readonly reads: RateBucket;

  constructor(private readonly parts: SlackApiParts) {
    this.reads = new RateBucket(parts.rates, 'slack-reads', readLimit, parts.patienceMs);
  }

  /** A method that changes nothing that anybody sees. @throws CodedError */
  read(method: string, args: Arguments, signal?: AbortSignal): Promise<SlackAnswer> {
    const { connectors } = this.parts;
    return connectors.reads.call(this.reads, signal, () => this.exchange(method, args, signal));
  }

  /** A message: one a second and channel. @throws CodedError */
  post(channel: string, args: Arguments, signal?: AbortSignal): Promise<SlackAnswer> {
    const { connectors, rates, patienceMs } = this.parts;
    const bucket = new RateBucket(rates, `slack-posts:${channel}`, postLimit, patienceMs);
    return connectors.posts.call(bucket, signal, () =>
      this.exchange('chat.postMessage', { ...args, channel }, signal),
    );
  }

  private async exchange(method: string, args: Arguments, signal?: AbortSignal): Promise<SlackAnswer> {
    const { settings, http } = this.parts;
    const token = await settings.botToken();
    if (!token) throw ChatNotConnected();
    const given = Object.entries(args).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const { status, headers, body } = await http.call({
      url: `${settings.baseUrl}/${method}`,
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: new URLSearchParams(given).toString(),
      signal,
    });
    const answer = membersOf(body);
    if (status === 200 && answer?.['ok'] === true) return { body: answer, headers };
    const [code, needed] = [nameIn(answer?.['error']), nameIn(answer?.['needed'])];
    throw new SlackRefusal(status, headers, answer?.['ok'] === false ? code : undefined, needed);
  }
}

/** The members of a JSON object; undefined for anything else. */
function membersOf(text: string): Record<string, unknown> | undefined {
  try {
    const value = parseJsonBounded(Buffer.from(text), { maxKeys: 200_000 });
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A name as Slack writes them; anything else might be somebody's data. */
function nameIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z0-9_:.,-]{1,100}$/.test(value) ? value : undefined;
}
