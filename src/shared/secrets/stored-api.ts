import { API_PROVIDERS, type ApiProviderName } from '../config/api-providers.js';
import type { Config } from '../config/config.js';
import { sandboxSecrets } from '../config/secrets.js';
import type { SecretStore } from './secret-store.js';

/** Where a provider is and what opens it. Read for every call, so that a rotated credential counts at once. */
export abstract class ApiSettings {
  /** Without a trailing slash: `https://slack.com/api`. */
  abstract readonly baseUrl: string;

  /** Undefined while the provider is not connected. */
  abstract readonly credential: () => Promise<string | undefined>;
}

/** The credential from the secret store, where the environment seeded it and rotation replaces it. */
export function storedApi(name: ApiProviderName, config: Config, secrets: SecretStore): ApiSettings {
  const { baseUrl, isSandbox } = config[name];
  const { secret } = API_PROVIDERS[name];
  const stored = isSandbox ? sandboxSecrets[secret] : secret;
  return { baseUrl, credential: async () => (await secrets.valid(stored))[0] };
}
