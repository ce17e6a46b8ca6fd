import type { AccountingApi } from 'xero-node/dist/gen/api/accountingApi.js';
import type { BoundedHttp } from '../../../shared/connectors/bounded-http.js';
import type { Connector } from '../../../shared/connectors/connector.js';
import type { RateBucket } from '../../../shared/connectors/rate-bucket.js';
import { invalid } from './reading.js';
import { Refusal } from './refusal.js';
import type { XeroSettings } from './xero-settings.js';
import type { XeroTokens } from './xero-tokens.js';
import { XeroTransport } from './xero-transport.js';

export interface XeroApiParts {
  readonly settings: XeroSettings;
  readonly tokens: XeroTokens;
  readonly connector: Connector;
  readonly http: BoundedHttp;
  /** Xero's limit by the minute, of the organisation. */
  readonly calls: RateBucket;
}

/** A listing of invoices. Every filter narrows it. */
export interface XeroListing {
  /** Xero's filter language. */
  readonly where?: string;
  readonly order?: string;
  readonly statuses?: readonly string[];
  readonly contactIds?: readonly string[];
  readonly modifiedSince?: Date;
  /** The first is 1. */
  readonly page: number;
  /** At most 1000. */
  readonly pageSize: number;
}

/** Each kind of answer is an unknown with the tenant it is of: what the generated client made of it is not checked. */
export interface XeroAnswer {
  readonly tenantId: string;
  readonly body: unknown;
}

type Send = (api: AccountingApi, tenantId: string) => Promise<{ body: unknown }>;

/**
 * The calls of Xero's accounting API that the product makes, through the generated methods of xero-node, which is loaded
 * at the first call. Its transport is replaced by way of its authentication: see `xero-transport.ts`.
 */
export class XeroApi {
  constructor(private readonly parts: XeroApiParts) {}

  async invoices(listing: XeroListing, signal?: AbortSignal): Promise<XeroAnswer> {
    const { where, order, statuses, contactIds, modifiedSince, page, pageSize } = listing;
    return this.require(
      await this.call(signal, (api, tenant) =>
        api.getInvoices(
          ...([tenant, modifiedSince, where, order, undefined, undefined] as const),
          contactIds && [...contactIds],
          statuses && [...statuses],
          ...([page, undefined, undefined, undefined, undefined, pageSize] as const),
        ),
      ),
    );
  }

  /** Undefined when there is none. */
  async invoice(id: string, signal?: AbortSignal): Promise<XeroAnswer | undefined> {
    return this.call(signal, (api, tenant) => api.getInvoice(tenant, id));
  }

  /** Where its customer sees an invoice; undefined when that is nowhere. */
  async onlineInvoice(id: string, signal?: AbortSignal): Promise<XeroAnswer | undefined> {
    return this.call(signal, (api, tenant) => api.getOnlineInvoice(tenant, id));
  }

  async contact(id: string, signal?: AbortSignal): Promise<XeroAnswer | undefined> {
    return this.call(signal, (api, tenant) => api.getContact(tenant, id));
  }

  async creditNote(id: string, signal?: AbortSignal): Promise<XeroAnswer | undefined> {
    return this.call(signal, (api, tenant) => api.getCreditNote(tenant, id));
  }

  async organisation(signal?: AbortSignal): Promise<XeroAnswer> {
    return this.require(await this.call(signal, (api, tenant) => api.getOrganisations(tenant)));
  }

  /** Where a listing is not found, what answers is not Xero. */
  private require(answer: XeroAnswer | undefined): XeroAnswer {
    if (!answer) throw invalid('nothing at the address of the API');
    return answer;
  }

  /** An API object for each call: the client takes a transport, and so an abort signal, from no other place. */
  private async call(signal: AbortSignal | undefined, send: Send): Promise<XeroAnswer | undefined> {
    const { connector, calls, settings, tokens, http } = this.parts;
    return connector.call(calls, signal, async () => {
      const { accessToken, tenantId } = await tokens.current();
      const { AccountingApi } = await import('xero-node/dist/gen/api/accountingApi.js');
      const transport = new XeroTransport(http, signal);
      const api = new AccountingApi(`${settings.baseUrl}/api.xro/2.0`);
      api.accessToken = accessToken;
      api.setDefaultAuthentication(transport);
      try {
        return { tenantId, body: (await send(api, tenantId)).body };
      } catch {
        const failure = transport.failure ?? invalid('another form');
        if (!(failure instanceof Refusal)) throw failure;
        if (failure.status === 404) return undefined;
        if (failure.status === 401) await tokens.refused(accessToken);
        throw failure;
      }
    });
  }
}
