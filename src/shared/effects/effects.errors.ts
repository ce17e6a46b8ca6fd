import { defineError } from '../kernel/coded-error.js';

export const LeaseTooShort = defineError(
  'EFFECTS.LEASE_TOO_SHORT',
  'transient',
  'The lease ended before the call could be made; nothing was sent.',
  { blameless: true },
);
export const ConditionUnknown = defineError(
  'EFFECTS.CONDITION_UNKNOWN',
  'permanent',
  'The effect is bound to a condition that nobody here knows; nothing was sent.',
);
export const EffectUndeclared = defineError(
  'EFFECTS.UNDECLARED',
  'permanent',
  'A command that declares no effect tried to perform one.',
);
export const EffectAbandoned = defineError('EFFECTS.ABANDONED', 'permanent', 'A person gave this effect up.');
export const EffectAnswerErased = defineError(
  'EFFECTS.ANSWER_ERASED',
  'permanent',
  'The effect happened for another run, whose data was erased: what was answered then cannot be read.',
);
export const EffectUncertain = defineError(
  'EFFECTS.UNCERTAIN',
  'uncertain',
  'Whether the effect happened is not known and cannot be looked up: a person decides.',
);

/** Only where the provider honours our reference as a key, and only within the time for which it does. */
export const EffectUnanswered = defineError(
  'EFFECTS.UNANSWERED',
  'transient',
  'Whether the effect happened is not known; the provider knows its key again, so it is sent once more.',
);
