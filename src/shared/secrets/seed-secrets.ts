import type { Config } from '../config/config.js';
import type { SecretStore } from './secret-store.js';

/** Names of the secrets in the store. The sandbox's token has one of its own, so that a real one is never hidden by it. */
export const secretNames = {
  formsSigning: 'forms.signing-secret',
  hubspotToken: 'hubspot.access-token',
  hubspotSandboxToken: 'hubspot.sandbox-token',
  hubspotClientSecret: 'hubspot.client-secret',
} as const;

/** Stores what the environment gives where the store has nothing of the name yet. */
export async function seedSecrets(store: SecretStore, { forms, hubspot }: Config): Promise<void> {
  const token = hubspot.isSandbox ? secretNames.hubspotSandboxToken : secretNames.hubspotToken;
  await store.seed(
    secretNames.formsSigning,
    forms.signingSecrets.map((secret) => secret.reveal()),
  );
  await store.seed(token, hubspot.accessToken ? [hubspot.accessToken.reveal()] : []);
  await store.seed(
    secretNames.hubspotClientSecret,
    hubspot.clientSecret ? [hubspot.clientSecret.reveal()] : [],
  );
}
