import type { Config } from '../../../shared/config/config.js';
import type { SecretStore } from '../../../shared/secrets/secret-store.js';
import { storedApi } from '../../../shared/secrets/stored-api.js';

/** Where Stripe is and what opens it. Read for every call, so that a rotated key counts at once. */
export abstract class StripeSettings {
  /** Without a trailing slash, e.g. `https://api.stripe.com`. */
  abstract readonly baseUrl: string;

  /** Undefined while Stripe is not connected. */
  abstract apiKey(): Promise<string | undefined>;
}

export function storedStripeSettings(config: Config, secrets: SecretStore): StripeSettings {
  const { baseUrl, credential } = storedApi('stripe', config, secrets);
  return { baseUrl, apiKey: credential };
}
