import { OwnersApi } from '@hubspot/api-client/lib/codegen/crm/owners/index.js';
import { CodedError } from '../../../shared/kernel/coded-error.js';
import { AnswerInvalid, RecordGone } from '../crm.errors.js';
import type { CrmOwner } from './crm-owners.js';
import type { HubspotCalls } from './hubspot-calls.js';

/** HubSpot takes up to 500; an e-mail address has one owner. */
const pageOfOne = 1;

/** The calls of HubSpot's owners API that the product makes. Deactivated owners have to be asked for. */
export class HubspotOwnersApi {
  constructor(private readonly calls: HubspotCalls) {}

  async byId(id: string, isArchived: boolean): Promise<CrmOwner | undefined> {
    const call = this.calls.call(
      (configuration) => new OwnersApi(configuration).getById(Number(id), 'id', isArchived),
      ownerOf,
    );
    return call.catch((error: unknown) => {
      if (error instanceof CodedError && error.code === RecordGone.code) return undefined;
      throw error;
    });
  }

  async byEmail(email: string, isArchived: boolean): Promise<CrmOwner | undefined> {
    const [owner] = await this.page(email, isArchived);
    return owner;
  }

  /** One owner, whichever: whether the owners may be read. */
  async any(signal?: AbortSignal): Promise<void> {
    await this.page(undefined, false, signal);
  }

  private async page(
    email: string | undefined,
    isArchived: boolean,
    signal?: AbortSignal,
  ): Promise<readonly CrmOwner[]> {
    return this.calls.call(
      (configuration) => new OwnersApi(configuration).getPage(email, undefined, pageOfOne, isArchived),
      ownersOf,
      { signal },
    );
  }
}

function ownersOf(answer: unknown): readonly CrmOwner[] {
  const { results } = (answer ?? {}) as { results?: unknown };
  if (!Array.isArray(results)) throw AnswerInvalid({ details: { found: 'no results' } });
  return results.map(ownerOf);
}

function ownerOf(raw: unknown): CrmOwner {
  const { id, email, firstName, lastName, archived } = (raw ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string' || !/^\d{1,20}$/.test(id)) throw AnswerInvalid({ details: { found: 'no id' } });
  const name = [firstName, lastName].filter((part) => typeof part === 'string' && part !== '').join(' ');
  return {
    ...{ id, isActive: archived !== true },
    ...(typeof email === 'string' && email !== '' && { email }),
    ...(name !== '' && { name: name.slice(0, 200) }),
  };
}
