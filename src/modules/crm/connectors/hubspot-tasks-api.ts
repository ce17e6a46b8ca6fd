import { BatchApi, SearchApi } from '@hubspot/api-client/lib/codegen/crm/objects/tasks/index.js';
import { batchAnswerOf, type BatchAnswer } from './hubspot-answers.js';
import {
  batchOf,
  readBody,
  searchBody,
  type FilterGroup,
  type ReadRequest,
  type WriteInput,
} from './hubspot-batches.js';
import type { HubspotCalls } from './hubspot-calls.js';

/** The calls of HubSpot's tasks API that the product makes, one method a call. */
export class HubspotTasksApi {
  constructor(private readonly calls: HubspotCalls) {}

  /** Up to 100 tasks; ids that lead to none are left out. */
  async read(request: ReadRequest, signal?: AbortSignal): Promise<BatchAnswer> {
    const body = readBody(request);
    return this.calls.call((configuration) => new BatchApi(configuration).read(body), batchAnswerOf, {
      signal,
    });
  }

  /** Up to 100 tasks. One that is about nothing that is there refuses the whole batch. */
  async create(inputs: readonly WriteInput[], signal?: AbortSignal): Promise<BatchAnswer> {
    const body = batchOf(inputs);
    return this.calls.call((configuration) => new BatchApi(configuration).create(body), batchAnswerOf, {
      signal,
    });
  }

  /** Up to 100 tasks, each once. */
  async update(inputs: readonly WriteInput[], signal?: AbortSignal): Promise<BatchAnswer> {
    const body = batchOf(inputs);
    return this.calls.call((configuration) => new BatchApi(configuration).update(body), batchAnswerOf, {
      signal,
    });
  }

  /** The first 200 of what matches any of the groups. The index lags by seconds. */
  async search(
    groups: readonly FilterGroup[],
    properties: readonly string[],
    signal?: AbortSignal,
  ): Promise<BatchAnswer> {
    const body = searchBody(groups, properties);
    return this.calls.call((configuration) => new SearchApi(configuration).doSearch(body), batchAnswerOf, {
      signal,
      isSearch: true,
    });
  }
}
