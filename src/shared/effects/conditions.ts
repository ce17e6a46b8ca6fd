import { Injectable } from '@nestjs/common';
import { ConditionUnknown } from './effects.errors.js';

/** What must still be so when an effect is about to happen: by the name of the context that knows. */
export interface ConditionRef {
  /** `billing.dues` */
  readonly condition: string;
  readonly data: object;
}

/** Reads whether it is so now; changes nothing. Coded errors: one that cannot be told is no reason to go on. */
export type Condition = (data: object, signal: AbortSignal) => Promise<boolean>;

/**
 * Conditions that effects are bound to. A command may wait for hours or weeks before it is carried out, so that what it
 * was decided on is old by then: a reminder of what has been paid. Its condition is asked right before each attempt.
 */
@Injectable()
export class Conditions {
  private readonly byName = new Map<string, Condition>();

  /** Before the process works: in a module's `onModuleInit`. @throws Error when the name is taken */
  add(name: string, condition: Condition): void {
    if (this.byName.has(name)) throw new Error(`two conditions are named ${name}`);
    this.byName.set(name, condition);
  }

  /** Without a condition it always holds. @throws EFFECTS.CONDITION_UNKNOWN, and what the condition throws */
  async holds(ref: ConditionRef | undefined, signal: AbortSignal): Promise<boolean> {
    if (!ref) return true;
    const condition = this.byName.get(ref.condition);
    if (!condition) throw ConditionUnknown({ details: { condition: String(ref.condition) } });
    return condition(ref.data, signal);
  }
}
