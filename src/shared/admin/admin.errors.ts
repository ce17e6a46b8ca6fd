import { defineError } from '../kernel/coded-error.js';

export const DeadLetterNotFound = defineError(
  'ADMIN.DEAD_LETTER_NOT_FOUND',
  'notFound',
  'There is no dead letter with this id.',
);
export const EffectNotFound = defineError(
  'ADMIN.EFFECT_NOT_FOUND',
  'notFound',
  'There is no effect with this id.',
);
export const ConnectorUnknown = defineError(
  'ADMIN.CONNECTOR_UNKNOWN',
  'notFound',
  'There is no connector of this name.',
);
export const SelectionInvalid = defineError(
  'ADMIN.SELECTION_INVALID',
  'invalid',
  'Send either `ids` or `filter` with at least one condition.',
);
export const NotConfirmed = defineError(
  'ADMIN.NOT_CONFIRMED',
  'conflict',
  'Nothing was done: send the request again with `confirm` set to `details.count`, the number that matches now.',
);
export const PartsNotConfirmed = defineError(
  'ADMIN.PARTS_NOT_CONFIRMED',
  'conflict',
  'Nothing was created: send the request again with `confirm` true to create what `details.missing` names.',
);
