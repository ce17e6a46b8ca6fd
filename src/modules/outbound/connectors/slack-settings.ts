import type { Config } from '../../../shared/config/config.js';
import { sandboxSecrets } from '../../../shared/config/secrets.js';
import type { SecretStore } from '../../../shared/secrets/secret-store.js';

/** Where Slack is and what opens it. Read for every call, so that a rotated token counts at once. */
export abstract class SlackSettings {
  /** Without a trailing slash: `https://slack.com/api`. */
  abstract readonly baseUrl: string;

  /** Of the app's bot; undefined while Slack is not connected. */
  abstract botToken(): Promise<string | undefined>;
}

/** The token from the secret store, where the environment seeded it and rotation replaces it. */
export function storedSlackSettings({ slack }: Config, secrets: SecretStore): SlackSettings {
  const name = slack.isSandbox ? sandboxSecrets['slack.bot-token'] : 'slack.bot-token';
  return { baseUrl: slack.baseUrl, botToken: async () => (await secrets.valid(name))[0] };
}
