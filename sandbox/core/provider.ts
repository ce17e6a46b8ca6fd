import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { EffectSummary } from './effects.ts';
import type { Fault, FaultBoard } from './faults.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Table = { title: string; columns: string[]; rows: string[][]; note?: string };

export type ProviderOverview = {
  /** Number of objects it holds, by kind: `{ contacts: 3 }`. */
  holds: Record<string, number>;
  settings: object;
  tables: Table[];
  links: Record<string, string>;
};

/** An answer about to leave, as a fault may change it. */
export type Answer = { status: number; body: string };

/** Changes the answer of the one request that it was made for. */
export type AnswerRewrite = (answer: Answer) => Answer;

export type ProviderContext = {
  env: Environment;
  /** Journals a state change; it was applied already. */
  record: (event: unknown) => void;
  faults: FaultBoard;
};

/** A simulator. Its name is its folder, its base path (`/hubspot`) and its admin path (`/_sandbox/hubspot`). */
export type Provider = {
  name: string;
  routes(app: FastifyInstance): void;
  /** Further base paths of the same simulator, by name: `postmark` fills the mailbox that `mail` shows. */
  alsoAt?: Record<string, (app: FastifyInstance) => void>;
  adminRoutes(app: FastifyInstance): void;
  overview(): ProviderOverview;
  /** By kind of object, in the plural: `contacts`. */
  effects(): Record<string, EffectSummary>;
  /** Faults with a name: what the provider itself would answer. */
  faultKinds: Record<string, () => Fault>;
  /** Does what a `partial` or `race` fault asks for before the handler runs. */
  prepareFault(request: FastifyRequest, fault: Fault): AnswerRewrite | undefined;
  /** Applies a journalled event, in the order they were recorded. */
  replay(event: unknown): void;
  /** The present state as the fewest events that lead to it. */
  snapshot(): Iterable<unknown>;
  /** Back to how a new simulator starts. */
  reset(): void;
  /** Opens what is no HTTP, on the same host; before the sandbox says that it listens. */
  start?(host: string): Promise<void>;
  stop?(): Promise<void>;
};

export type ProviderFactory = (context: ProviderContext) => Provider;

/** A simulator with what the sandbox keeps for it. */
export type Running = { provider: Provider; faults: FaultBoard };
