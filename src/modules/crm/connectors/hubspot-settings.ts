import type { Config } from '../../../shared/config/config.js';
import type { SecretStore } from '../../../shared/secrets/secret-store.js';
import { sandboxTokenName } from '../../../shared/config/secrets.js';

/** Where HubSpot is and what opens it. Read for every call, so that a rotated token counts at once. */
export abstract class HubspotSettings {
  /** Without a trailing slash, e.g. `https://api.hubapi.com`. */
  abstract readonly baseUrl: string;

  /** Undefined while HubSpot is not connected. */
  abstract accessToken(): Promise<string | undefined>;
}

/** The token from the secret store, where the environment seeded it and rotation replaces it. */
export function storedHubspotSettings({ hubspot }: Config, secrets: SecretStore): HubspotSettings {
  const name = hubspot.isSandbox ? sandboxTokenName : 'hubspot.access-token';
  return { baseUrl: hubspot.baseUrl, accessToken: async () => (await secrets.valid(name))[0] };
}
