import { randomBytes } from 'node:crypto';
import { access, chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { writePrivateFile } from './data-dir.js';
import { EmbeddedError, systemCode } from './embedded-error.js';

/** What the embedded profile generates once and keeps in `<dataDir>/secrets.json` (mode 600). */
export interface EmbeddedSecrets {
  /** Key-encryption key: base64 of 32 bytes. */
  readonly masterKey: string;
  /** `whsec_` and base64 of 32 bytes. */
  readonly formsSigningSecret: string;
  /** What the application presents to the sandbox's simulators. */
  readonly sandboxToken: string;
  /** Password of both PostgreSQL roles, the administrator's and the application's. */
  readonly postgresPassword: string;
}

/**
 * Reads the secrets of a data directory, generating them when there are none.
 * Members that an older release didn't know are added; nothing that exists is changed.
 * @throws EmbeddedError when the file is damaged, or missing beside data that needs it
 */
export async function ensureSecrets(dataDir: string): Promise<EmbeddedSecrets> {
  const path = join(dataDir, 'secrets.json');
  const stored = await readStored(path);
  if (!stored && (await holdsData(dataDir))) {
    throw new EmbeddedError(
      `${path} is missing, and the database beside it cannot be read without it. ` +
        `Restore the file from a backup, or delete ${dataDir} to start with an empty one.`,
    );
  }
  const secrets = { ...generateSecrets(), ...stored };
  if (Object.keys(secrets).length !== Object.keys(stored ?? {}).length) {
    await writePrivateFile(path, `${JSON.stringify(secrets, null, 2)}\n`);
  } else {
    await chmod(path, 0o600);
  }
  return secrets;
}

/** Whether this data directory has been used before. */
export function hasSecrets(dataDir: string): Promise<boolean> {
  return exists(join(dataDir, 'secrets.json'));
}

function generateSecrets(): EmbeddedSecrets {
  return {
    masterKey: randomBytes(32).toString('base64'),
    formsSigningSecret: `whsec_${randomBytes(32).toString('base64')}`,
    sandboxToken: `sandbox-${randomBytes(24).toString('base64url')}`,
    postgresPassword: randomBytes(24).toString('base64url'),
  };
}

async function readStored(path: string): Promise<Partial<EmbeddedSecrets> | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new EmbeddedError(`${path} cannot be read (${systemCode(error)}). Make it readable for this user.`);
  }
  const parsed = parseObject(text);
  if (parsed && Object.values(parsed).every((value) => typeof value === 'string' && value !== ''))
    return parsed;
  throw new EmbeddedError(
    `${path} is damaged: it must hold a JSON object of texts. Restore it from a backup.`,
  );
}

function parseObject(text: string): Partial<EmbeddedSecrets> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function holdsData(dataDir: string): Promise<boolean> {
  return (await exists(join(dataDir, 'postgres'))) || (await exists(join(dataDir, 'postgres.location')));
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
