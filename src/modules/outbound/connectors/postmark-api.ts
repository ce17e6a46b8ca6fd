import type { BoundedHttp, HttpCall } from '../../../shared/connectors/bounded-http.js';
import type { Connector } from '../../../shared/connectors/connector.js';
import type { RateBucket } from '../../../shared/connectors/rate-bucket.js';
import { MailAnswerInvalid, MailNotConnected, MailOutcomeUnknown } from '../mail.errors.js';
import type { MailSettings } from './mail-settings.js';

/** What Postmark answered instead. The body is not believed, and never passed on. */
export class PostmarkRefusal extends Error {
  constructor(
    readonly status: number,
    /** By lower-case name. */
    readonly headers: Readonly<Record<string, string>>,
    readonly body: string,
    /** Whether a mail was handed over with the call. */
    readonly isSending: boolean,
  ) {
    super(`Postmark answered ${status}`);
    this.name = 'PostmarkRefusal';
  }
}

export interface PostmarkApiParts {
  readonly settings: MailSettings;
  readonly connector: Connector;
  readonly http: BoundedHttp;
  readonly mails: RateBucket;
  /** For calls that send nothing. */
  readonly calls: RateBucket;
}

type Members = Readonly<Record<string, unknown>>;

/** The calls of Postmark's API that the product makes: https://postmarkapp.com/developer. Answers are unchecked members. */
export class PostmarkApi {
  constructor(private readonly parts: PostmarkApiParts) {}

  async send(message: object, signal?: AbortSignal): Promise<Members> {
    const body = JSON.stringify(message);
    return this.call({ method: 'POST', body, signal }, '/email');
  }

  /** Messages by one field of their metadata. The search knows a message after a while. */
  async messages(name: string, value: string, signal?: AbortSignal): Promise<Members> {
    const query = new URLSearchParams({ count: '1', offset: '0', [`metadata_${name}`]: value });
    return this.call({ method: 'GET', signal }, `/messages/outbound?${query.toString()}`);
  }

  async server(signal?: AbortSignal): Promise<Members> {
    return this.call({ method: 'GET', signal }, '/server');
  }

  async stream(id: string, signal?: AbortSignal): Promise<Members> {
    return this.call({ method: 'GET', signal }, `/message-streams/${encodeURIComponent(id)}`);
  }

  private async call(call: Pick<HttpCall, 'method' | 'body' | 'signal'>, path: string): Promise<Members> {
    const { settings, connector, http, mails, calls } = this.parts;
    const isSending = call.method === 'POST';
    return connector.call(isSending ? mails : calls, call.signal, async () => {
      const token = await settings.postmarkToken();
      if (token === undefined) throw MailNotConnected();
      const { status, headers, body } = await http.call({
        ...call,
        url: `${settings.postmark.baseUrl}${path}`,
        headers: {
          accept: 'application/json',
          'x-postmark-server-token': token,
          ...(isSending && { 'content-type': 'application/json' }),
        },
      });
      if (status !== 200) throw new PostmarkRefusal(status, headers, body, isSending);
      return membersOf(body) ?? unreadable(isSending);
    });
  }
}

/** The members of a JSON object; undefined for anything else. */
export function membersOf(body: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Members)
      : undefined;
  } catch {
    return undefined;
  }
}

function unreadable(isSending: boolean): never {
  const details = { found: 'no JSON object' };
  throw isSending ? MailOutcomeUnknown({ details }) : MailAnswerInvalid({ details });
}
