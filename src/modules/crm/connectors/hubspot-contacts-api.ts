import { BatchApi, SearchApi } from '@hubspot/api-client/lib/codegen/crm/contacts/index.js';
import { batchAnswerOf, type BatchAnswer } from './hubspot-answers.js';
import { batchOf, readBody, type FilterGroup, type ReadRequest, type WriteInput } from './hubspot-batches.js';
import type { HubspotCalls } from './hubspot-calls.js';

/** The calls of HubSpot's contacts API that the product makes, one method a call. */
export class HubspotContactsApi {
  constructor(private readonly calls: HubspotCalls) {}

  /** Up to 100 contacts, 50 with histories; ids that lead to none are left out. */
  async read(request: ReadRequest, signal?: AbortSignal): Promise<BatchAnswer> {
    const body = readBody(request);
    return this.calls.call((configuration) => new BatchApi(configuration).read(body), batchAnswerOf, {
      signal,
    });
  }

  /** Up to 100 contacts. One that exists refuses the whole batch (409). */
  async create(inputs: readonly WriteInput[], signal?: AbortSignal): Promise<BatchAnswer> {
    const body = batchOf(inputs);
    return this.calls.call((configuration) => new BatchApi(configuration).create(body), batchAnswerOf, {
      signal,
    });
  }

  /** Up to 100 contacts, each once. */
  async update(inputs: readonly WriteInput[], signal?: AbortSignal): Promise<BatchAnswer> {
    const body = batchOf(inputs);
    return this.calls.call((configuration) => new BatchApi(configuration).update(body), batchAnswerOf, {
      signal,
    });
  }

  /** The first 200 of what matches any of the groups, last modified first. The index lags by seconds. */
  async search(
    filterGroups: readonly FilterGroup[],
    properties: readonly string[],
    signal?: AbortSignal,
  ): Promise<BatchAnswer> {
    const sorts = ['-lastmodifieddate'];
    const body = { filterGroups: filterGroups as never, properties: [...properties], sorts, limit: 200 };
    return this.calls.call((configuration) => new SearchApi(configuration).doSearch(body), batchAnswerOf, {
      signal,
      isSearch: true,
    });
  }
}
