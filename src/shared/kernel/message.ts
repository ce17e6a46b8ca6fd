/** The constructor of a message class. */
export type MessageClass<T = object> = abstract new (...args: never[]) => T;

/** A command: asks for one thing to be done, and names what its handler answers with. */
export abstract class Command<Result> {
  declare readonly resultType?: Result;
}

export type ResultOf<C> = C extends Command<infer R> ? R : never;

/** How often an effect may happen, and what the system does when it cannot know whether it did. */
export type EffectClass = 'idempotent' | 'lookup' | 'hold' | 'repeatable';

/** What a command does outside: declared once, planned with the command, and reconciled by its class. */
export interface EffectDeclaration<C> {
  /** The connector that carries it out; also the command's lane. */
  connector: string;
  class: EffectClass;
  /** `run`: once per run and visit of the step. `business`: once ever for the target. Default `run`. */
  scope?: 'run' | 'business';
  /** The business object it acts on, e.g. an e-mail address; only a keyed hash of it is stored. */
  target: (command: C) => string;
  /**
   * What two requests for one effect must have in common; default all of the command. Less of it where a run that asks
   * for an effect of the business again may word it otherwise: then the first wording is the one that counts.
   */
  request?: (command: C) => unknown;
  /** The same command to a test recipient; without it (or without a recipient) redirect mode only looks, as shadow. */
  redirect?: (command: C, to: { email?: string; phone?: string }) => C | undefined;
}

/** What takes a command back once it is done: another command, made of it and of its answer. */
export interface Undoing<C> {
  /** A function, because the class may be declared later. */
  by: () => MessageClass<Command<unknown>>;
  /** Nothing, where there is nothing to take back after all: it was found done, by somebody else. */
  data: (command: C, answer: ResultOf<C>) => object | undefined;
}

export interface CommandOptions<C> {
  effect?: EffectDeclaration<C>;
  /** For a person who cancels a run and wants what it did taken back; what declares nothing stays as it is. */
  undo?: Undoing<C>;
  /** Commands with the same key are handled one after the other, in the order in which they were recorded. */
  orderedBy?: (command: C) => string;
  /** What happens to later commands of a key when one is dead: carry on (default) or wait for a person. */
  afterDeadLetter?: 'continue' | 'hold';
  /** How many times a transient failure is tried in all. Default 14. */
  maxAttempts?: number;
}

export interface MessageDefinition {
  readonly kind: 'event' | 'command';
  /** The wire name with its version, e.g. `crm.contact-upserted.v1`. */
  readonly type: string;
  readonly messageClass: MessageClass;
  readonly options: CommandOptions<never>;
}

const byClass = new Map<MessageClass, MessageDefinition>();
const byType = new Map<string, MessageDefinition>();
const wireName = /^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*\.v[1-9]\d*$/;

function define(definition: MessageDefinition): void {
  const { type, messageClass } = definition;
  if (!wireName.test(type))
    throw new Error(`${messageClass.name}: "${type}" is not a wire name (context.name.v1)`);
  const taken = byType.get(type);
  if (taken)
    throw new Error(`the wire name ${type} is taken by ${taken.messageClass.name} and ${messageClass.name}`);
  byType.set(type, definition);
  byClass.set(messageClass, definition);
}

/** Declares an event class and its wire name. */
export function Event(type: string): (target: MessageClass) => void {
  return (target) => define({ kind: 'event', type, messageClass: target, options: {} });
}

/** Declares a command class, its wire name, and what is to be known of it without running it. */
export function CommandType<C extends Command<unknown>>(
  type: string,
  options: CommandOptions<C> = {},
): (target: MessageClass<C>) => void {
  return (target) =>
    define({
      kind: 'command',
      type,
      messageClass: target,
      options: options as unknown as CommandOptions<never>,
    });
}

/** @throws Error when the class was not declared as a message */
export function definitionOf(messageClass: MessageClass): MessageDefinition {
  const found = byClass.get(messageClass);
  if (!found)
    throw new Error(`${messageClass.name} has no wire name: declare it with @Event or @CommandType`);
  return found;
}

export function definitionOfType(type: string): MessageDefinition | undefined {
  return byType.get(type);
}

export function allMessages(): readonly MessageDefinition[] {
  return [...byType.values()].sort((a, b) => a.type.localeCompare(b.type));
}
