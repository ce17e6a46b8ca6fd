import type { Config } from '../../../shared/config/config.js';
import type { SecretStore } from '../../../shared/secrets/secret-store.js';
import { storedApi } from '../../../shared/secrets/stored-api.js';

/** Where Slack is and what opens it. Read for every call, so that a rotated token counts at once. */
export abstract class SlackSettings {
  /** Without a trailing slash: `https://slack.com/api`. */
  abstract readonly baseUrl: string;

  /** Of the app's bot; undefined while Slack is not connected. */
  abstract botToken(): Promise<string | undefined>;
}

export function storedSlackSettings(config: Config, secrets: SecretStore): SlackSettings {
  const { baseUrl, credential } = storedApi('slack', config, secrets);
  return { baseUrl, botToken: credential };
}
