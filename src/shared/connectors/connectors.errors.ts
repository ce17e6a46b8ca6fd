import { defineError } from '../kernel/coded-error.js';

/** `retryAfterMs` says when the provider is tried again. The provider was not called. */
export const BreakerOpen = defineError(
  'CONNECTORS.BREAKER_OPEN',
  'transient',
  'The provider failed repeatedly and is left alone for a while.',
  { blameless: true },
);

/** `retryAfterMs` says when there is room again. The provider was not called. */
export const RateBudgetSpent = defineError(
  'CONNECTORS.RATE_BUDGET_SPENT',
  'transient',
  "The provider's rate limit leaves no room for another call soon.",
  { blameless: true },
);

/** Details: `host`, as it was written. Nothing was sent. */
export const AddressForbidden = defineError(
  'CONNECTORS.ADDRESS_FORBIDDEN',
  'permanent',
  'The URL leads to a place that must not be called: not https, or an address that is not public.',
);
