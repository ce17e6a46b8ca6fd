import type { Config } from '../../../shared/config/config.js';
import { sandboxSecrets } from '../../../shared/config/secrets.js';
import type { SecretStore } from '../../../shared/secrets/secret-store.js';

/** Where Zendesk is, and the client by which it is reached. */
export abstract class ZendeskSettings {
  /** Without a trailing slash, e.g. `https://example.zendesk.com`. Undefined: Zendesk is not connected. */
  abstract readonly baseUrl: string | undefined;
  abstract readonly clientId: string | undefined;
  /** Read for every use, so that a rotated one counts at once. */
  abstract clientSecret(): Promise<string | undefined>;
}

/** The secret from the secret store, where the environment seeded it and rotation replaces it. */
export function storedZendeskSettings({ zendesk }: Config, secrets: SecretStore): ZendeskSettings {
  const name = zendesk.isSandbox ? sandboxSecrets['zendesk.client-secret'] : 'zendesk.client-secret';
  const { baseUrl, clientId } = zendesk;
  return { baseUrl, clientId, clientSecret: async () => (await secrets.valid(name))[0] };
}
