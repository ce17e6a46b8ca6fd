import type { Command, MessageClass, ResultOf } from '../kernel/message.js';

/** What a decision may read: the run's state and the time of the decision. No clock, no I/O. */
export interface At<State> {
  readonly state: Readonly<State>;
  readonly now: Date;
}

export type RunEnd = 'done' | 'failed' | 'cancelled';

/** What follows a step: another step with changes to the state, or the end of the run. */
export type Next<State, Name extends string = string> =
  { readonly go: Name; readonly set?: Partial<State> } | { readonly end: RunEnd };

/** Failures to which a step may have an answer of its own. */
export type FailureKind = 'invalid' | 'permanent' | 'uncertain' | 'exhausted';

export interface SendStep<State, Name extends string = string> {
  readonly kind: 'send';
  readonly command: MessageClass<Command<unknown>>;
  readonly data: (at: At<State>) => object;
  readonly then: (result: unknown, at: At<State>) => Next<State, Name>;
  readonly fail: Partial<Record<FailureKind, Next<State, Name>>>;
}

export type Step<State, Name extends string = string> = SendStep<State, Name>;

/** A command's own fields. */
type DataOf<C> = Omit<C, 'resultType'>;
type Decision<R, State, Name extends string> =
  Next<State, Name> | ((result: R, at: At<State>) => Next<State, Name>);

/** The words in which a flow's table is written. */
export interface Words<State, Name extends string> {
  /** Sends a command and decides by its result. `fail` answers failures that would hold the run for a person. */
  readonly send: <C extends Command<unknown>>(
    command: new () => C,
    data: (at: At<State>) => DataOf<C>,
    then: Decision<ResultOf<C>, State, Name>,
    fail?: Partial<Record<FailureKind, Next<State, Name>>>,
  ) => Step<State, Name>;
  readonly go: (step: Name, set?: Partial<State>) => Next<State, Name>;
  readonly end: (how?: RunEnd) => Next<State, Name>;
}

type Table<State, Name extends string> = { readonly [K in NoInfer<Name>]: Step<State, Name> };

/** A flow as the runtime sees it. */
export interface FlowDefinition {
  readonly name: string;
  readonly version: number;
  readonly event: MessageClass;
  /** What the business calls the case by; only its keyed hash is stored. */
  readonly businessKey: (event: never) => string;
  readonly initialState: (event: never) => object;
  readonly stepNames: readonly string[];
  readonly steps: Readonly<Record<string, Step<never>>>;
}

interface Started<State> {
  /**
   * The steps, first their names: a table of contents, a persisted contract, and the union that types `go`. A run
   * starts at the first.
   */
  steps<const Names extends readonly [string, ...string[]]>(
    names: Names,
    table: (words: Words<State, Names[number]>) => Table<State, Names[number]>,
  ): FlowDefinition;
}

/** Begins the definition of a flow. Names and versions are persisted: a changed table needs a new version. */
export function flow(
  name: string,
  { version }: { version: number },
): {
  startedBy<E extends object, State extends object>(
    event: abstract new (...args: never[]) => E,
    businessKey: (event: E) => string,
    state: (event: E) => State,
  ): Started<State>;
} {
  return {
    startedBy: (event, businessKey, initialState) => ({
      steps: (names, table) => ({
        name,
        version,
        event,
        businessKey,
        initialState,
        stepNames: names,
        steps: table(words()) as unknown as Readonly<Record<string, Step<never>>>,
      }),
    }),
  };
}

function words<State, Name extends string>(): Words<State, Name> {
  return {
    send: (command, data, then, fail = {}) => ({
      kind: 'send',
      command,
      data,
      then: (typeof then === 'function' ? then : () => then) as SendStep<State, Name>['then'],
      fail,
    }),
    go: (step, set) => (set ? { go: step, set } : { go: step }),
    end: (how = 'done') => ({ end: how }),
  };
}
