import type { Config } from '../../../shared/config/config.js';
import { sandboxSecrets } from '../../../shared/config/secrets.js';
import type { SecretStore } from '../../../shared/secrets/secret-store.js';

/** Where Xero is, and the app by which it is reached. */
export abstract class XeroSettings {
  /** Without a trailing slash, e.g. `https://api.xero.com`. */
  abstract readonly baseUrl: string;
  abstract readonly tokenUrl: string;
  /** Where a person gives consent. */
  abstract readonly authorizeUrl: string;
  /** Undefined: Xero is not connected. */
  abstract readonly clientId: string | undefined;
  /** The organisation to use; otherwise the one that was authorised. */
  abstract readonly tenantId: string | undefined;
  /** Read for every use, so that a rotated one counts at once. */
  abstract clientSecret(): Promise<string | undefined>;
}

const xeroItself = 'https://identity.xero.com/connect/token';
const consentPage = 'https://login.xero.com/identity/connect/authorize';

/** The secret from the secret store, where the environment seeded it and rotation replaces it. */
export function storedXeroSettings({ xero }: Config, secrets: SecretStore): XeroSettings {
  const name = xero.isSandbox ? sandboxSecrets['xero.client-secret'] : 'xero.client-secret';
  return {
    ...xero,
    authorizeUrl: xero.tokenUrl === xeroItself ? consentPage : new URL('authorize', xero.tokenUrl).toString(),
    clientSecret: async () => (await secrets.valid(name))[0],
  };
}
