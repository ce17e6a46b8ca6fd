import { BatchApi as AssociationsApi } from '@hubspot/api-client/lib/codegen/crm/associations/v4/index.js';
import { BatchApi, SearchApi } from '@hubspot/api-client/lib/codegen/crm/deals/index.js';
import { batchAnswerOf, linksOf, type BatchAnswer } from './hubspot-answers.js';
import { batchOf, readBody, type FilterGroup, type ReadRequest, type WriteInput } from './hubspot-batches.js';
import type { HubspotCalls } from './hubspot-calls.js';

export interface DealSearch {
  readonly filterGroups: readonly FilterGroup[];
  readonly properties: readonly string[];
  /** The property by which the results are ordered, the least first. HubSpot takes one. */
  readonly orderedBy: string;
  /** At most 200. */
  readonly limit: number;
  /** How many results to leave out: HubSpot's place of the page. */
  readonly after?: number;
}

/** The calls of HubSpot's deals API that the product makes, one method a call. */
export class HubspotDealsApi {
  constructor(private readonly calls: HubspotCalls) {}

  /** Up to 100 deals, 50 with histories; ids that lead to none are left out. */
  async read(request: ReadRequest, signal?: AbortSignal): Promise<BatchAnswer> {
    const body = readBody(request);
    return this.calls.call((configuration) => new BatchApi(configuration).read(body), batchAnswerOf, {
      signal,
    });
  }

  /** Up to 100 deals, each once. */
  async update(inputs: readonly WriteInput[], signal?: AbortSignal): Promise<BatchAnswer> {
    const body = batchOf(inputs);
    return this.calls.call((configuration) => new BatchApi(configuration).update(body), batchAnswerOf, {
      signal,
    });
  }

  /** The index lags by seconds. */
  async search(search: DealSearch, signal?: AbortSignal): Promise<BatchAnswer> {
    const { filterGroups, properties, orderedBy, limit, after = 0 } = search;
    const sorts = [orderedBy];
    const body = {
      ...{ filterGroups: filterGroups as never, properties: [...properties], sorts, limit },
      ...(after > 0 && { after: String(after) }),
    };
    return this.calls.call((configuration) => new SearchApi(configuration).doSearch(body), batchAnswerOf, {
      signal,
      isSearch: true,
    });
  }

  /** The first page of contacts of each deal, for up to 1,000 deals, by the deal's id. */
  async contactsOf(
    ids: readonly string[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const body = { inputs: ids.map((id) => ({ id })) };
    return this.calls.call(
      (configuration) => new AssociationsApi(configuration).getPage('deals', 'contacts', body),
      linksOf,
      { signal },
    );
  }
}
