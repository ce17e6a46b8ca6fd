import { defineError } from '../kernel/coded-error.js';

export const TransferUnreadable = defineError(
  'TRANSFER.UNREADABLE',
  'invalid',
  'This is no exported configuration, or names what this version does not know.',
);
export const TransferNotConfirmed = defineError(
  'TRANSFER.NOT_CONFIRMED',
  'conflict',
  'Nothing was changed: send it again with `confirm` set to `details.changes`, the number of changes that it makes now.',
);
