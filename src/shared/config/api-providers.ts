import type { VariableName } from './catalogue.js';
import type { ProviderSecret } from './secrets.js';

export interface ApiProvider {
  /** Its base URL where the variable says nothing else. */
  readonly home: string;
  /** The variables of its base URL and of its credential. */
  readonly baseUrl: VariableName;
  readonly credential: VariableName;
  /** What the credential is called in the secret store. */
  readonly secret: ProviderSecret;
  /** Where it is in the sandbox, and the sandbox's own variable of the credential. */
  readonly sandbox: { readonly path: string; readonly credential: string };
}

/** Providers that are an address and one credential. */
export const API_PROVIDERS = {
  stripe: {
    home: 'https://api.stripe.com',
    baseUrl: 'STRIPE_BASE_URL',
    credential: 'STRIPE_API_KEY',
    secret: 'stripe.api-key',
    sandbox: { path: '/stripe', credential: 'SANDBOX_STRIPE_KEY' },
  },
  slack: {
    home: 'https://slack.com/api',
    baseUrl: 'SLACK_BASE_URL',
    credential: 'SLACK_BOT_TOKEN',
    secret: 'slack.bot-token',
    sandbox: { path: '/slack/api', credential: 'SANDBOX_SLACK_TOKEN' },
  },
} as const satisfies Readonly<Record<string, ApiProvider>>;

export type ApiProviderName = keyof typeof API_PROVIDERS;

/** Something of each of them, by name. */
export function forEachApi<T>(
  make: (provider: (typeof API_PROVIDERS)[ApiProviderName]) => T,
): Record<ApiProviderName, T> {
  const made = Object.entries(API_PROVIDERS).map(([name, provider]) => [name, make(provider)] as const);
  return Object.fromEntries(made) as Record<ApiProviderName, T>;
}
