/** One item of a batch write; the trace id is unique in its batch, and makes HubSpot answer item by item (207). */
export interface WriteInput {
  readonly traceId: string;
  /** The record's id; absent for a creation. */
  readonly id?: string;
  readonly properties: Readonly<Record<string, string>>;
  /** Of a creation: what it belongs to. */
  readonly associations?: readonly Association[];
}

/** An association of one of HubSpot's own types. */
export interface Association {
  readonly id: string;
  readonly typeId: number;
}

export interface ReadRequest {
  readonly ids: readonly string[];
  /** What `ids` are; the records' own ids when absent. */
  readonly idProperty?: 'email';
  readonly properties: readonly string[];
  readonly propertiesWithHistory?: readonly string[];
}

/** Filters that must all match; of several groups any. */
export interface FilterGroup {
  readonly filters: readonly Filter[];
}

export interface Filter {
  readonly propertyName: string;
  readonly operator: 'EQ' | 'GT' | 'GTE' | 'IN' | 'CONTAINS_TOKEN';
  readonly value?: string;
  readonly values?: readonly string[];
}

/** The body of a batch read, as every kind of record takes it. */
export function readBody({ ids, idProperty, properties, propertiesWithHistory = [] }: ReadRequest) {
  return {
    inputs: ids.map((id) => ({ id })),
    idProperty,
    properties: [...properties],
    propertiesWithHistory: [...propertiesWithHistory],
  };
}

/** The body of a batch creation or update, as every kind of record takes it. */
export function batchOf(inputs: readonly WriteInput[]) {
  return {
    inputs: inputs.map(({ traceId, id = '', properties, associations }) => ({
      objectWriteTraceId: traceId,
      ...(id && { id }),
      properties,
      ...(associations && { associations: associations.map(associationOf) }),
    })) as never,
  };
}

function associationOf({ id, typeId }: Association) {
  return {
    to: { id },
    types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: typeId }],
  };
}

/** The body of a search whose order does not matter: the records that were entered first come first. */
export function searchBody(groups: readonly FilterGroup[], properties: readonly string[]) {
  return {
    ...{ filterGroups: groups as never, properties: [...properties] },
    ...{ sorts: ['hs_object_id'], limit: 200 },
  };
}
