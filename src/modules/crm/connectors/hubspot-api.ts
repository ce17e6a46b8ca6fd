import {
  BatchApi,
  createConfiguration,
  ResponseContext,
  SearchApi,
  ServerConfiguration,
  wrapHttpLibrary,
  type Configuration,
  type FilterGroup,
  type RequestContext,
} from '@hubspot/api-client/lib/codegen/crm/contacts/index.js';
import type { BoundedHttp, HttpCall } from '../../../shared/connectors/bounded-http.js';
import type { Connector } from '../../../shared/connectors/connector.js';
import type { RateBucket } from '../../../shared/connectors/rate-bucket.js';
import { NotConnected } from '../crm.errors.js';
import { batchAnswerOf, type BatchAnswer } from './hubspot-answers.js';
import { atApiVersion } from './hubspot-paths.js';
import type { HubspotSettings } from './hubspot-settings.js';

/** One item of a batch write; the trace id is unique in its batch, and makes HubSpot answer item by item (207). */
export interface WriteInput {
  readonly traceId: string;
  /** The contact's id; absent for a creation. */
  readonly id?: string;
  readonly properties: Readonly<Record<string, string>>;
}

export interface ReadRequest {
  readonly ids: readonly string[];
  /** What `ids` are; the contact's own ids when absent. */
  readonly idProperty?: 'email';
  readonly properties: readonly string[];
  readonly propertiesWithHistory?: readonly string[];
}

export interface HubspotApiParts {
  readonly settings: HubspotSettings;
  readonly connector: Connector;
  readonly http: BoundedHttp;
  /** The ten-second limit of the app. */
  readonly calls: RateBucket;
  /** Search has a limit of its own, per account. */
  readonly searches: RateBucket;
}

/**
 * The calls of HubSpot's contacts API that the product makes, one method a call, through the generated methods of
 * @hubspot/api-client. Its transport is replaced: it has no deadline, no bound and no abort. Its limiter and its
 * retries belong to its `Client`, which is not used: both would work against the shared budget.
 */
export class HubspotApi {
  constructor(private readonly parts: HubspotApiParts) {}

  /** Up to 100 contacts, 50 with histories; ids that lead to none are left out. */
  async read(request: ReadRequest, signal?: AbortSignal): Promise<BatchAnswer> {
    const { ids, idProperty, properties, propertiesWithHistory = [] } = request;
    const body = {
      inputs: ids.map((id) => ({ id })),
      idProperty,
      properties: [...properties],
      propertiesWithHistory: [...propertiesWithHistory],
    };
    return this.call(this.parts.calls, signal, (configuration) => new BatchApi(configuration).read(body));
  }

  /** Up to 100 contacts. One that exists refuses the whole batch (409). */
  async create(inputs: readonly WriteInput[], signal?: AbortSignal): Promise<BatchAnswer> {
    const body = inputs.map(({ traceId, properties }) => ({ objectWriteTraceId: traceId, properties }));
    return this.call(this.parts.calls, signal, (configuration) =>
      new BatchApi(configuration).create({ inputs: body }),
    );
  }

  /** Up to 100 contacts, each once. */
  async update(inputs: readonly WriteInput[], signal?: AbortSignal): Promise<BatchAnswer> {
    const body = inputs.map(({ traceId, id = '', properties }) => ({
      objectWriteTraceId: traceId,
      id,
      properties,
    }));
    return this.call(this.parts.calls, signal, (configuration) =>
      new BatchApi(configuration).update({ inputs: body }),
    );
  }

  /** The first 200 of what matches any of the groups, last modified first. The index lags by seconds. */
  async search(
    filterGroups: FilterGroup[],
    properties: readonly string[],
    signal?: AbortSignal,
  ): Promise<BatchAnswer> {
    const body = { filterGroups, properties: [...properties], sorts: ['-lastmodifieddate'], limit: 200 };
    return this.call(this.parts.searches, signal, (configuration) =>
      new SearchApi(configuration).doSearch(body),
    );
  }

  /** An API object for each call: the client takes a transport, and so an abort signal, from no other place. */
  private async call(
    bucket: RateBucket,
    signal: AbortSignal | undefined,
    send: (configuration: Configuration) => Promise<unknown>,
  ): Promise<BatchAnswer> {
    return this.parts.connector.call(bucket, signal, async () => {
      const { settings } = this.parts;
      const accessToken = await settings.accessToken();
      if (!accessToken) throw NotConnected();
      const configuration = createConfiguration({
        baseServer: new ServerConfiguration(settings.baseUrl, {}),
        authMethods: { oauth2: { accessToken } },
        httpApi: wrapHttpLibrary({ send: (request) => this.exchange(request, signal) }),
      });
      return batchAnswerOf(await send(configuration));
    });
  }

  private async exchange(request: RequestContext, signal?: AbortSignal): Promise<ResponseContext> {
    const { status, headers, body } = await this.parts.http.call({
      url: atApiVersion(request.getUrl()),
      method: request.getHttpMethod() as HttpCall['method'],
      headers: request.getHeaders(),
      body: request.getBody() as string | undefined,
      signal,
    });
    this.learnLimits(headers);
    const bytes = async (): Promise<Buffer> => Buffer.from(body);
    return new ResponseContext(status, { ...headers }, { text: async () => body, binary: bytes });
  }

  /** Search answers carry no such headers. */
  private learnLimits(headers: Readonly<Record<string, string>>): void {
    const max = Number(headers['x-hubspot-ratelimit-max']);
    const intervalMs = Number(headers['x-hubspot-ratelimit-interval-milliseconds']);
    if (max && intervalMs) this.parts.calls.learn({ max, intervalMs });
  }
}
