/** When a task is due, counted from the day on which it is made. Working days are those of the policy's calendar. */
export type Due = { readonly days: number } | { readonly workingDays: number };

/** A property that a deal must have a value of. */
export interface RequiredField {
  readonly property: string;
  /** For people. */
  readonly label: string;
  readonly due: Due;
  /** The title of the task; one made of the label when absent. */
  readonly taskTitle?: string;
}

/** A condition as json-rules-engine reads it. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly fact: string; readonly operator: string; readonly value: unknown };

/** What must hold. */
export interface QualificationRule {
  readonly name: string;
  /** For people, when it does not hold. */
  readonly message: string;
  readonly conditions: Condition;
}

export interface StageRules {
  /** For people. */
  readonly label: string;
  readonly required: readonly RequiredField[];
  readonly rules?: readonly QualificationRule[];
}

/** The policy `deal-qualification`: what the stages of deals ask for. */
export interface QualificationPolicy {
  /** By pipeline and stage, by the CRM's ids. Any other stage asks nothing. */
  readonly pipelines: Readonly<Record<string, Readonly<Record<string, StageRules>>>>;
  /** The property that takes the verdict; it is not written where the account does not have it. */
  readonly result?: { readonly property: string; readonly pass: string; readonly fail: string };
  /** Texts of notes; `{stage}`, `{problems}` and `{tasks}` are filled in. */
  readonly notes: { readonly pass: string; readonly fail: string };
  /** More deals of one owner than this, moved within so long, give one task for all of them. */
  readonly bulk: { readonly deals: number; readonly withinSeconds: number };
  /** Sources of changes that start nothing, in the CRM's words: `INTEGRATION`, `IMPORT`, … */
  readonly ignoredSources: readonly string[];
  /** After so long a deal that fails is looked at again though nothing was told. */
  readonly recheckHours: number;
  /** In whose zone and by whose working days is counted: a name of the policy `calendars`; its default when absent. */
  readonly calendar?: string;
  /** Of the day on which a task is due. */
  readonly dueHour: number;
}

/** What a stage asks; undefined for one that asks nothing. */
export function rulesOf(
  { pipelines }: QualificationPolicy,
  pipeline: string | undefined,
  stage: string | undefined,
): StageRules | undefined {
  const stages =
    pipeline !== undefined && Object.hasOwn(pipelines, pipeline) ? pipelines[pipeline] : undefined;
  return stage !== undefined && stages && Object.hasOwn(stages, stage) ? stages[stage] : undefined;
}

/** All properties that a stage looks at. */
export function propertiesOf({ required, rules = [] }: StageRules): readonly string[] {
  const facts = rules.flatMap(({ conditions }) => factsOf(conditions));
  return [...new Set([...required.map(({ property }) => property), ...facts])];
}

/** Properties of deals whose changes mean something to it. */
export function watchedBy({ pipelines }: QualificationPolicy): readonly string[] {
  const stages = Object.values(pipelines).flatMap((its) => Object.values(its));
  return [...new Set(['dealstage', 'pipeline', 'hubspot_owner_id', ...stages.flatMap(propertiesOf)])];
}

export function factsOf(condition: Condition): readonly string[] {
  if ('all' in condition) return condition.all.flatMap(factsOf);
  if ('any' in condition) return condition.any.flatMap(factsOf);
  return 'not' in condition ? factsOf(condition.not) : [condition.fact];
}
