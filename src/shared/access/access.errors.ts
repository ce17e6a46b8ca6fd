import { defineError } from '../kernel/coded-error.js';
import { defineProblem } from '../http/problem-status.js';

export const KeyMissing = defineError(
  'ACCESS.KEY_MISSING',
  'unauthenticated',
  'Send an API key: Authorization: Bearer sbx_…',
);
export const KeyInvalid = defineError(
  'ACCESS.KEY_INVALID',
  'unauthenticated',
  'The API key is unknown, expired or revoked.',
);
export const TooManyWrongKeys = defineProblem(
  429,
  'ACCESS.TOO_MANY_WRONG_KEYS',
  'transient',
  'Too many wrong API keys came from this address.',
);
export const Forbidden = defineError('ACCESS.FORBIDDEN', 'forbidden', 'The API key does not allow this.');
export const RoleNotHeld = defineError(
  'ACCESS.ROLE_NOT_HELD',
  'forbidden',
  'A key can only be given roles that its creator holds.',
);
export const KeyUnknown = defineError('ACCESS.KEY_UNKNOWN', 'notFound', 'There is no API key with this id.');
export const LastManager = defineError(
  'ACCESS.LAST_MANAGER',
  'conflict',
  'This is the last key that can manage API keys: create another one first.',
);
export const ExpiryInPast = defineError(
  'ACCESS.EXPIRY_IN_PAST',
  'invalid',
  'The key would have expired already.',
);
export const FirstKeyMalformed = defineError(
  'ACCESS.FIRST_KEY_MALFORMED',
  'permanent',
  'The configured first key is not of the form sbx_<id>_<secret>.',
);
export const CommandNotDeclared = defineError(
  'ACCESS.COMMAND_NOT_DECLARED',
  'forbidden',
  'The flow does not declare this command.',
);
