/** A kind of policy document: its schema, what ships with the product, and how it decides. */
export interface PolicyDefinition<Body, Input extends object = object> {
  readonly name: string;
  /** For people: `Dunning`. */
  readonly title?: string;
  /** JSON Schema (draft 2020-12) that every version must satisfy. */
  readonly schema: object;
  /** Loaded as version 1 once, when the store has none of this name. */
  readonly initial: Body;
  /** What a schema cannot say. @returns what is wrong, each in a sentence */
  check?(this: void, body: Body): readonly string[];
  /**
   * The decision itself, without personal data: recorded with what it was decided on, so that a draft can be tried on
   * what happened. Pure, though an engine may make it wait.
   */
  decide?(this: void, body: Body, input: Input): object | Promise<object>;
}

/** Any definition, whatever it decides on. */
export type AnyPolicy = PolicyDefinition<unknown>;

/** The version of a policy that a decision was made by; recorded with the decision. */
export interface ActivePolicy<Body> {
  readonly name: string;
  readonly version: number;
  readonly body: Body;
}

export const policyStates = ['draft', 'active', 'retired'] as const;
export type PolicyState = (typeof policyStates)[number];

/** A version of a policy document. */
export interface PolicyDocument {
  readonly name: string;
  readonly version: number;
  readonly state: PolicyState;
  /** Of the policy, when this version was changed last: the greatest of its versions is the policy's. */
  readonly revision: number;
  readonly body: unknown;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedBy: string | null;
  readonly updatedAt: Date;
  readonly activatedBy: string | null;
  readonly activatedAt: Date | null;
  readonly retiredAt: Date | null;
  readonly reason: string | null;
}
