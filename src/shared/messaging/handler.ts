import type { DataKey } from '../crypto/field-cipher.js';
import type { Command, ResultOf } from '../kernel/message.js';
import type { EffectHandle } from './effect-handle.js';
import type { Change, Outgoing } from './outcome.js';

/** All that a use case may know of where it runs. */
export interface HandlerContext {
  /** On whose behalf: `flow:new-lead`. */
  readonly actor: string;
  readonly now: Date;
  /** Aborted when the lease is lost or the process drains; pass it to what can be aborted. */
  readonly signal: AbortSignal;
  readonly runId: string;
  readonly step: string;
  /** The first is 1. */
  readonly attempt: number;
  /** The run's data key: personal data that the use case stores is sealed with it. */
  readonly key: DataKey;
  /** The effect that was planned with the command; throws when the command declares none. */
  readonly effect: EffectHandle;
}

/** What a use case answers: its result, what happened (stated as events), and rows to be written with it. */
export interface HandlerOutcome<Result> {
  readonly result: Result;
  readonly events?: readonly Outgoing[];
  readonly changes?: readonly Change[];
}

const contexts = new WeakMap<object, HandlerContext>();

/** Gives a command the context in which the bus will find its handler. */
export function withContext<C extends object>(command: C, context: HandlerContext): C {
  contexts.set(command, context);
  return command;
}

/**
 * The base of a command's handler. The CommandBus calls `execute`; a use case writes `run`, in which everything is
 * explicit and nothing knows of queues, retries or transactions.
 */
export abstract class UseCase<C extends Command<unknown>> {
  abstract run(command: C, context: HandlerContext): Promise<HandlerOutcome<ResultOf<C>>>;

  async execute(command: C): Promise<HandlerOutcome<ResultOf<C>>> {
    const context = contexts.get(command);
    if (!context) throw new Error(`${command.constructor.name} was sent without a delivery`);
    return this.run(command, context);
  }
}
