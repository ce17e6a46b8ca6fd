/** A kind of policy document: its schema, and what ships with the product. */
export interface PolicyDefinition<Body> {
  readonly name: string;
  /** JSON Schema (draft 2020-12) that every version must satisfy. */
  readonly schema: object;
  /** Loaded as version 1 once, when the store has none of this name. */
  readonly initial: Body;
}

/** The version of a policy that a decision was made by; recorded with the decision. */
export interface ActivePolicy<Body> {
  readonly name: string;
  readonly version: number;
  readonly body: Body;
}
