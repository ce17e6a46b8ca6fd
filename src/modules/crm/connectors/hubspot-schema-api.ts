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

/** How a property's texts are to be read. */
export interface PropertyKind {
  /** In HubSpot's words: `string`, `number`, `bool`, `date`, `datetime`, `enumeration`, … */
  readonly type: string;
  /** `checkbox` of an enumeration: several values, with `;` between them. */
  readonly fieldType: string;
}

/** The calls of HubSpot's properties API that the product makes: what is there, and creation. */
export class HubspotSchemaApi {
  constructor(private readonly calls: HubspotCalls) {}

  /** By name. */
  async properties(kind: SchemaKind, signal?: AbortSignal): Promise<ReadonlyMap<string, PropertyKind>> {
    return this.calls.call((configuration) => new CoreApi(configuration).getAll(kind), kindsOf, { signal });
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
  return new Set(resultsOf(answer).map(({ name }) => String(name)));
}

function kindsOf(answer: unknown): ReadonlyMap<string, PropertyKind> {
  const results = resultsOf(answer);
  return new Map(
    results.map(({ name, type, fieldType }) => [
      String(name),
      { type: String(type), fieldType: String(fieldType) },
    ]),
  );
}

function resultsOf(answer: unknown): readonly Record<string, unknown>[] {
  const { results } = (answer ?? {}) as { results?: unknown };
  if (!Array.isArray(results)) throw AnswerInvalid({ details: { found: 'no results' } });
  return results.map((one) => (one ?? {}) as Record<string, unknown>);
}

const nothing = (): void => undefined;
