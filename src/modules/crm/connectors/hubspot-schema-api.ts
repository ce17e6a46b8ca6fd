import { CoreApi, GroupsApi } from '@hubspot/api-client/lib/codegen/crm/properties/index.js';
import { AnswerInvalid } from '../crm.errors.js';
import type { HubspotCalls } from './hubspot-calls.js';

/** Whose properties: the objects that the product touches. */
export type SchemaKind = 'contacts' | 'deals' | 'tasks';

/** A property as it is to be created. */
export interface NewProperty {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly type: 'string' | 'number';
  readonly fieldType: 'text' | 'textarea' | 'number';
}

/** The calls of HubSpot's properties API that the product makes: names of what is there, and creation. */
export class HubspotSchemaApi {
  constructor(private readonly calls: HubspotCalls) {}

  async properties(kind: SchemaKind, signal?: AbortSignal): Promise<ReadonlySet<string>> {
    return this.calls.call((configuration) => new CoreApi(configuration).getAll(kind), namesOf, { signal });
  }

  async groups(kind: SchemaKind, signal?: AbortSignal): Promise<ReadonlySet<string>> {
    return this.calls.call((configuration) => new GroupsApi(configuration).getAll(kind), namesOf, { signal });
  }

  /** Refused with status 409 when there is one of this name. */
  async createProperty(
    kind: SchemaKind,
    groupName: string,
    property: NewProperty,
    signal?: AbortSignal,
  ): Promise<void> {
    const body = { ...property, groupName, hasUniqueValue: false, formField: false } as never;
    await this.calls.call((configuration) => new CoreApi(configuration).create(kind, body), nothing, {
      signal,
    });
  }

  /** Refused with status 409 when there is one of this name. */
  async createGroup(kind: SchemaKind, name: string, label: string, signal?: AbortSignal): Promise<void> {
    const body = { name, label };
    await this.calls.call((configuration) => new GroupsApi(configuration).create(kind, body), nothing, {
      signal,
    });
  }
}

function namesOf(answer: unknown): ReadonlySet<string> {
  const { results } = (answer ?? {}) as { results?: unknown };
  if (!Array.isArray(results)) throw AnswerInvalid({ details: { found: 'no results' } });
  return new Set(results.map((one) => String((one as { name?: unknown } | null)?.name)));
}

const nothing = (): void => undefined;
