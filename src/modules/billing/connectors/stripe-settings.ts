import type { Config } from '../../../shared/config/config.js';
import { sandboxSecrets } from '../../../shared/config/secrets.js';
import type { SecretStore } from '../../../shared/secrets/secret-store.js';

/** Where Stripe is and what opens it. Read for every call, so that a rotated key counts at once. */
export abstract class StripeSettings {
  /** Without a trailing slash, e.g. `https://api.stripe.com`. */
  abstract readonly baseUrl: string;

  /** Undefined while Stripe is not connected. */
  abstract apiKey(): Promise<string | undefined>;
}

/** The key from the secret store, where the environment seeded it and rotation replaces it. */
export function storedStripeSettings({ stripe }: Config, secrets: SecretStore): StripeSettings {
  const name = stripe.isSandbox ? sandboxSecrets['stripe.api-key'] : 'stripe.api-key';
  return { baseUrl: stripe.baseUrl, apiKey: async () => (await secrets.valid(name))[0] };
}
