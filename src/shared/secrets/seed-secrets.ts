import type { Config } from '../config/config.js';
import type { SecretStore } from './secret-store.js';

/** Stores what the environment gives where the store has nothing of the name yet. */
export async function seedSecrets(store: SecretStore, { secrets }: Pick<Config, 'secrets'>): Promise<void> {
  for (const [name, values] of Object.entries(secrets)) {
    await store.seed(
      name,
      values.map((value) => value.reveal()),
    );
  }
}
