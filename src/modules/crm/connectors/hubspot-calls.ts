import {
  createConfiguration,
  ResponseContext,
  ServerConfiguration,
  wrapHttpLibrary,
  type RequestContext,
} from '@hubspot/api-client/lib/codegen/crm/contacts/index.js';
import type { BoundedHttp, HttpAnswer, HttpCall } from '../../../shared/connectors/bounded-http.js';
import type { Connector } from '../../../shared/connectors/connector.js';
import type { RateBucket } from '../../../shared/connectors/rate-bucket.js';
import { AnswerInvalid, NotConnected } from '../crm.errors.js';
import { RefusedCall } from './hubspot-error-body.js';
import { atApiVersion } from './hubspot-paths.js';
import type { HubspotSettings } from './hubspot-settings.js';

export interface HubspotCallsParts {
  readonly settings: HubspotSettings;
  readonly connector: Connector;
  readonly http: BoundedHttp;
  /** The ten-second limit of the app. */
  readonly calls: RateBucket;
  /** Search has a limit of its own, per account. */
  readonly searches: RateBucket;
}

/**
 * Makes one call by a generated method of @hubspot/api-client. Each of its packages has copies of the same classes for
 * configuration and transport; types tell them apart, so the one that is made here fits any of them.
 */
export type Send = (configuration: never) => Promise<unknown>;

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** At the expense of the limit of searches. */
  readonly isSearch?: boolean;
}

/**
 * How HubSpot is called, whatever is called. The transport of @hubspot/api-client is replaced: it has no deadline, no
 * bound and no abort. Its limiter and its retries belong to its `Client`, which is not used: both would work against
 * the shared budget.
 */
export class HubspotCalls {
  constructor(private readonly parts: HubspotCallsParts) {}

  /**
   * Makes one call. @param read checks what the client made of the answer: it converts and does not validate
   * @throws CodedError
   */
  async call<T>(
    send: Send,
    read: (answer: unknown) => T,
    { signal, isSearch = false }: CallOptions = {},
  ): Promise<T> {
    const { connector, searches, calls, settings } = this.parts;
    return connector.call(isSearch ? searches : calls, signal, async () => {
      const accessToken = await this.token();
      // A configuration for each call: the client takes a transport, and so an abort signal, from no other place.
      const configuration = createConfiguration({
        baseServer: new ServerConfiguration(settings.baseUrl, {}),
        authMethods: { oauth2: { accessToken } },
        httpApi: wrapHttpLibrary({ send: (request) => this.exchange(request, signal) }),
      });
      return read(await send(configuration as never));
    });
  }

  /** Reads JSON from a path for which the client has no method. @throws CodedError */
  async get<T>(path: string, read: (answer: unknown) => T, signal?: AbortSignal): Promise<T> {
    return this.raw(async () => ({ method: 'GET', url: this.urlOf(path), headers: {} }), read, signal);
  }

  /**
   * Asks by POST, without changing anything, where the client has no method. @param body made of the access token
   * @throws CodedError
   */
  async ask<T>(
    path: string,
    body: (token: string) => object,
    read: (answer: unknown) => T,
    signal?: AbortSignal,
  ): Promise<T> {
    const request = async (token: string) => ({
      ...{ method: 'POST' as const, url: this.urlOf(path) },
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body(token)),
    });
    return this.raw(request, read, signal);
  }

  private urlOf(path: string): string {
    return `${this.parts.settings.baseUrl}${path}`;
  }

  private async raw<T>(
    request: (token: string) => Promise<HttpCall>,
    read: (answer: unknown) => T,
    signal?: AbortSignal,
  ): Promise<T> {
    const { connector, calls } = this.parts;
    return connector.call(calls, signal, async () => {
      const token = await this.token();
      const call = await request(token);
      const headers = { ...call.headers, authorization: `Bearer ${token}`, accept: 'application/json' };
      const answer = await this.send({ ...call, headers, signal });
      if (answer.status !== 200) throw new RefusedCall(answer.status, answer.body, answer.headers);
      return read(parsed(answer.body));
    });
  }

  private async token(): Promise<string> {
    const accessToken = await this.parts.settings.accessToken();
    if (!accessToken) throw NotConnected();
    return accessToken;
  }

  private async exchange(request: RequestContext, signal?: AbortSignal): Promise<ResponseContext> {
    const { status, headers, body } = await this.send({
      url: atApiVersion(request.getUrl()),
      method: request.getHttpMethod() as HttpCall['method'],
      headers: request.getHeaders(),
      body: request.getBody() as string | undefined,
      signal,
    });
    const bytes = async (): Promise<Buffer> => Buffer.from(body);
    return new ResponseContext(status, { ...headers }, { text: async () => body, binary: bytes });
  }

  private async send(call: HttpCall): Promise<HttpAnswer> {
    const answer = await this.parts.http.call(call);
    this.learnLimits(answer.headers);
    return answer;
  }

  /** Search answers carry no such headers. */
  private learnLimits(headers: Readonly<Record<string, string>>): void {
    const max = Number(headers['x-hubspot-ratelimit-max']);
    const intervalMs = Number(headers['x-hubspot-ratelimit-interval-milliseconds']);
    if (max && intervalMs) this.parts.calls.learn({ max, intervalMs });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw AnswerInvalid({ details: { found: 'no JSON' } });
  }
}
