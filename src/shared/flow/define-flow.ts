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

/** Sends a command, and decides by its result. */
export interface SendStep<State, Name extends string = string> {
  readonly kind: 'send';
  readonly command: MessageClass<Command<unknown>>;
  readonly data: (at: At<State>) => object;
  readonly then: (result: unknown, at: At<State>) => Next<State, Name>;
  readonly fail: Partial<Record<FailureKind, Next<State, Name>>>;
}

/** An event that a run listens to: one whose key is what the run calls its case. */
export interface Listener<State, Name extends string = string> {
  readonly event: MessageClass;
  readonly key: (event: never) => string;
  /** What the run calls it; the run's business key unless it says otherwise. */
  readonly matching?: (at: At<State>) => string;
  /** Nothing: the event does not concern the run after all, and it goes on waiting. */
  readonly then: (event: never, at: At<State>) => Next<State, Name> | undefined;
}

/** Waits for a time, for an event, or for whichever comes first. */
export interface WaitStep<State, Name extends string = string> {
  readonly kind: 'wait';
  readonly until?: (at: At<State>) => Date;
  readonly due?: (at: At<State>) => Next<State, Name>;
  readonly on: readonly Listener<State, Name>[];
}

/** Asks a person. What they approve is pinned by its hash; who amends it makes another proposal of it. */
export interface AskStep<State, Name extends string = string> {
  readonly kind: 'ask';
  /** One line for people; no personal data. */
  readonly what: (at: At<State>) => string;
  /** What is to be approved, and may be amended: JSON, kept sealed. */
  readonly proposal: (at: At<State>) => object;
  /** Who may decide: a role. */
  readonly role: string;
  /** ISO 8601 duration. */
  readonly within: string;
  readonly approved: (proposal: never, at: At<State>) => Next<State, Name>;
  readonly denied: (at: At<State>) => Next<State, Name>;
  readonly expired: (at: At<State>) => Next<State, Name>;
}

export type Step<State, Name extends string = string> =
  SendStep<State, Name> | WaitStep<State, Name> | AskStep<State, Name>;

/** A command's own fields. */
type DataOf<C> = Omit<C, 'resultType'>;
type Decision<R, State, Name extends string> =
  Next<State, Name> | ((result: R, at: At<State>) => Next<State, Name>);
type Plain<State, Name extends string> = Next<State, Name> | ((at: At<State>) => Next<State, Name>);

export interface WaitOptions<State, Name extends string> {
  readonly until?: (at: At<State>) => Date;
  readonly due?: Plain<State, Name>;
  readonly on?: readonly Listener<State, Name>[];
}

export interface AskOptions<State, Name extends string, Proposal extends object> {
  readonly what: (at: At<State>) => string;
  readonly proposal?: (at: At<State>) => Proposal;
  readonly role: string;
  readonly within: string;
  readonly approved: Decision<Proposal, State, Name>;
  readonly denied: Plain<State, Name>;
  readonly expired: Plain<State, Name>;
}

/** The words in which a flow's table is written. */
export interface Words<State, Name extends string> {
  /** Sends a command and decides by its result. `fail` answers failures that would hold the run for a person. */
  readonly send: <C extends Command<unknown>>(
    command: new () => C,
    data: (at: At<State>) => DataOf<C>,
    then: Decision<ResultOf<C>, State, Name>,
    fail?: Partial<Record<FailureKind, Next<State, Name>>>,
  ) => SendStep<State, Name>;
  /** Waits until a time (then `due`), for events, or for whichever comes first. */
  readonly wait: (options: WaitOptions<State, Name>) => WaitStep<State, Name>;
  /** Asks a person who has the role. */
  readonly ask: <Proposal extends object>(options: AskOptions<State, Name, Proposal>) => AskStep<State, Name>;
  /** An event that a wait, or the whole run, listens to. */
  readonly on: <E extends object>(
    event: abstract new (...args: never[]) => E,
    key: (event: E) => string,
    then: Next<State, Name> | ((event: E, at: At<State>) => Next<State, Name> | undefined),
    matching?: (at: At<State>) => string,
  ) => Listener<State, Name>;
  readonly go: (step: Name, set?: Partial<State>) => Next<State, Name>;
  readonly end: (how?: RunEnd) => Next<State, Name>;
}

type Table<State, Name extends string> = { readonly [K in NoInfer<Name>]: Step<State, Name> } & {
  /** What a run listens to wherever it stands. */
  readonly anywhere?: readonly Listener<State, Name>[];
};

/** A flow as the runtime sees it. */
export interface FlowDefinition {
  readonly name: string;
  readonly version: number;
  readonly event: MessageClass;
  /** What the business calls the case by; only its keyed hash is stored. */
  readonly businessKey: (event: never) => string;
  readonly initialState: (event: never) => object;
  /** Whether a case has one open run at the most: a start waits for its end, unless that run was moved by it. */
  readonly onePerCase: boolean;
  /** What else the case is known by, as far as the state tells. */
  readonly alsoKnownAs: (state: never) => readonly string[];
  readonly stepNames: readonly string[];
  readonly steps: Readonly<Record<string, Step<never>>>;
  readonly anywhere: readonly Listener<never>[];
}

interface Started<State> {
  /** Further names under which people find a run: an e-mail address, an invoice's number. */
  alsoKnownAs(keys: (state: Readonly<State>) => readonly (string | undefined)[]): Started<State>;
  /**
   * The steps, first their names: a table of contents, a persisted contract, and the union that types `go`. A run
   * starts at the first.
   */
  steps<const Names extends readonly [string, ...string[]]>(
    names: Names,
    table: (words: Words<State, Names[number]>) => Table<State, Names[number]>,
  ): FlowDefinition;
}

export interface StartOptions {
  /**
   * A case (its business key) has one open run at the most. A start that finds one waits for its end, and is forgotten
   * if the run listens to the event too and is moved by it.
   */
  readonly onePerCase?: boolean;
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
    options?: StartOptions,
  ): Started<State>;
} {
  return {
    startedBy: (event, businessKey, initialState, { onePerCase = false } = {}) =>
      started({ name, version, event, businessKey, initialState, onePerCase, alsoKnownAs: () => [] }),
  };
}

function started<State>(head: Omit<FlowDefinition, 'stepNames' | 'steps' | 'anywhere'>): Started<State> {
  return {
    alsoKnownAs: (keys) =>
      started({
        ...head,
        alsoKnownAs: (state) => keys(state).filter((key): key is string => key !== undefined && key !== ''),
      }),
    steps: (names, table) => {
      const { anywhere = [], ...steps } = table(words());
      return {
        ...head,
        stepNames: names,
        steps: steps as unknown as Readonly<Record<string, Step<never>>>,
        anywhere: anywhere as unknown as readonly Listener<never>[],
      };
    },
  };
}

function words<State, Name extends string>(): Words<State, Name> {
  return {
    send: (command, data, then, fail = {}) => ({
      kind: 'send',
      command,
      data,
      then: decided(then) as SendStep<State, Name>['then'],
      fail,
    }),
    wait: ({ until, due, on = [] }) => ({ kind: 'wait', until, due: due && plain(due), on }),
    ask: ({ proposal = () => ({}) as never, approved, denied, expired, ...rest }) => ({
      kind: 'ask',
      ...rest,
      proposal,
      approved: decided(approved),
      denied: plain(denied),
      expired: plain(expired),
    }),
    on: (event, key, then, matching) => ({
      event,
      key,
      then: decided(then),
      matching,
    }),
    go: (step, set) => (set ? { go: step, set } : { go: step }),
    end: (how = 'done') => ({ end: how }),
  };
}

function decided<T>(then: T): T extends (...args: never[]) => unknown ? T : () => T {
  return (typeof then === 'function' ? then : () => then) as never;
}

function plain<State, Name extends string>(next: Plain<State, Name>): (at: At<State>) => Next<State, Name> {
  return typeof next === 'function' ? next : () => next;
}
