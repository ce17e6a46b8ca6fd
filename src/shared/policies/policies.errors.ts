import { defineError } from '../kernel/coded-error.js';

export const PolicyInvalid = defineError(
  'POLICIES.INVALID',
  'invalid',
  'The policy does not satisfy its schema.',
);
export const PolicyMissing = defineError(
  'POLICIES.MISSING',
  'transient',
  'No version of the policy is active.',
);
export const PolicyUnknown = defineError(
  'POLICIES.UNKNOWN',
  'notFound',
  'There is no policy of this name, or no such version of it.',
);
export const NoDraft = defineError('POLICIES.NO_DRAFT', 'conflict', 'The policy has no draft.');
export const NotActivatable = defineError(
  'POLICIES.NOT_ACTIVATABLE',
  'conflict',
  'This version is active already.',
);
export const NoDryRun = defineError(
  'POLICIES.NO_DRY_RUN',
  'conflict',
  'The decisions of this policy are not recorded, so a draft of it cannot be tried on them.',
);
