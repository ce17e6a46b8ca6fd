import {
  API_PROVIDERS,
  type ApiProvider,
  type ApiProviderName,
  forEachApi,
} from '../config/api-providers.js';
import { ConfigError } from '../config/config-error.js';
import { type Environment, readEnvironment, type Values } from '../config/read-environment.js';
import { type DataDirLock, lockDataDir } from './data-dir.js';
import { type EmbeddedPostgres, startPostgresIn } from './postgres.js';
import {
  type EmbeddedSandbox,
  sandboxAccountId,
  sandboxClientId,
  sandboxEndpointSecret,
  sandboxPhoneNumberId,
  startSandbox,
} from './sandbox-process.js';
import { type EmbeddedSecrets, ensureSecrets, hasSecrets } from './secrets-file.js';

/** What the embedded profile brought up. */
export interface EmbeddedParts {
  /** The environment that was given, completed: hand it to `loadConfig`. */
  readonly env: Environment;
  /** Absent when the configured providers leave nothing to simulate. */
  readonly sandboxUrl: string | undefined;
  /** Whether the data directory was empty before. */
  readonly firstStart: boolean;
  /** Stops the sandbox and PostgreSQL and unlocks the data directory. Stop the application first. */
  stop(): Promise<void>;
}

interface Options {
  readonly log?: (line: string) => void;
  /** The sandbox's program; default is the project's. */
  readonly sandboxScript?: string;
}

/**
 * Starts what the environment leaves to the embedded profile: PostgreSQL unless DATABASE_URL is set, the sandbox
 * unless every provider is configured, generated secrets where none are set. Both servers start at the same time.
 * @throws ConfigError when a variable is malformed; nothing is started then
 * @throws EmbeddedError when a part cannot be started; the other one is stopped again
 */
export async function prepareEmbedded(env: Environment, options: Options = {}): Promise<EmbeddedParts> {
  const { values, problems } = readEnvironment(env);
  if (problems.list.length > 0) throw new ConfigError(problems.list);
  const lock = await lockDataDir(values.SIGNALBOX_DATA_DIR);
  try {
    const firstStart = !(await hasSecrets(lock.dataDir));
    const secrets = await ensureSecrets(lock.dataDir);
    const parts = await startParts(values, secrets, lock.dataDir, options);
    return {
      env: { ...env, ...overrides(values, secrets, parts) },
      sandboxUrl: parts.sandbox?.url,
      firstStart: parts.postgres?.firstStart ?? firstStart,
      stop: () => stopParts(parts, lock),
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

interface Parts {
  readonly postgres: EmbeddedPostgres | undefined;
  readonly sandbox: EmbeddedSandbox | undefined;
}

async function startParts(
  values: Values,
  secrets: EmbeddedSecrets,
  dataDir: string,
  { log, sandboxScript }: Options,
): Promise<Parts> {
  const needsSandbox = Object.values(simulated(values)).includes(true);
  const ports = { port: values.SIGNALBOX_SANDBOX_PORT, smtpPort: values.SIGNALBOX_SANDBOX_SMTP_PORT };
  const [postgres, sandbox] = await Promise.allSettled([
    values.DATABASE_URL ? undefined : startPostgresIn(dataDir, { port: values.SIGNALBOX_POSTGRES_PORT, log }),
    needsSandbox
      ? startSandbox({ dataDir, ...ports, token: secrets.sandboxToken, log, script: sandboxScript })
      : undefined,
  ]);
  if (postgres.status === 'fulfilled' && sandbox.status === 'fulfilled') {
    return { postgres: postgres.value, sandbox: sandbox.value };
  }
  if (postgres.status === 'fulfilled') await postgres.value?.stop();
  if (sandbox.status === 'fulfilled') await sandbox.value?.stop();
  throw postgres.status === 'rejected'
    ? postgres.reason
    : sandbox.status === 'rejected'
      ? sandbox.reason
      : undefined;
}

/** Providers of which nothing is set: the sandbox stands for them. */
function simulated(
  values: Values,
): Record<'hubspot' | 'xero' | 'zendesk' | 'whatsapp' | 'mail' | ApiProviderName, boolean> {
  return {
    ...forEachApi((api) => isUnset(values, api)),
    hubspot: !values.HUBSPOT_ACCESS_TOKEN && !values.HUBSPOT_BASE_URL,
    xero: !values.XERO_CLIENT_ID && !values.XERO_BASE_URL,
    zendesk: !values.ZENDESK_CLIENT_ID && !values.ZENDESK_BASE_URL,
    whatsapp: !values.WHATSAPP_ACCESS_TOKEN && !values.WHATSAPP_BASE_URL,
    mail: !values.SMTP_URL && !values.POSTMARK_SERVER_TOKEN,
  };
}

function providerOverrides(
  values: Values,
  { url, smtpUrl }: Pick<EmbeddedSandbox, 'url' | 'smtpUrl'>,
  token: string,
): Environment {
  const { hubspot, xero, zendesk, whatsapp, mail } = simulated(values);
  return {
    SIGNALBOX_SANDBOX_URL: url,
    SIGNALBOX_SANDBOX_SMTP_URL: smtpUrl,
    ...(!values.ENDPOINTS_SIGNING_SECRET && { ENDPOINTS_SIGNING_SECRET: sandboxEndpointSecret(token) }),
    ...(hubspot && { HUBSPOT_BASE_URL: `${url}/hubspot`, HUBSPOT_ACCESS_TOKEN: token }),
    ...(xero && {
      XERO_BASE_URL: `${url}/xero`,
      XERO_TOKEN_URL: `${url}/xero/connect/token`,
      XERO_CLIENT_ID: sandboxClientId,
      XERO_CLIENT_SECRET: token,
    }),
    ...(zendesk && {
      ZENDESK_BASE_URL: `${url}/zendesk`,
      ZENDESK_CLIENT_ID: sandboxClientId,
      ZENDESK_CLIENT_SECRET: token,
    }),
    ...(whatsapp && {
      WHATSAPP_BASE_URL: `${url}/whatsapp`,
      WHATSAPP_ACCESS_TOKEN: token,
      WHATSAPP_PHONE_NUMBER_ID: sandboxPhoneNumberId,
      WHATSAPP_WABA_ID: sandboxAccountId,
    }),
    ...apiOverrides(values, url, token),
    ...(mail && { SMTP_URL: smtpUrl, ...senderFor(values) }),
  };
}

function apiOverrides(values: Values, url: string, token: string): Environment {
  const unset = Object.values(API_PROVIDERS).filter((api) => isUnset(values, api));
  const variables = unset.flatMap(({ baseUrl, credential, sandbox }) => [
    [baseUrl, `${url}${sandbox.path}`],
    [credential, token],
  ]);
  return Object.fromEntries(variables) as Environment;
}

function isUnset(values: Values, { baseUrl, credential }: ApiProvider): boolean {
  return !values[credential] && !values[baseUrl];
}

function overrides(values: Values, secrets: EmbeddedSecrets, { postgres, sandbox }: Parts): Environment {
  const hasKey = values.SIGNALBOX_MASTER_KEY ?? values.SIGNALBOX_MASTER_KEY_FILE;
  return {
    SIGNALBOX_PROFILE: 'embedded',
    ...(postgres && { DATABASE_URL: postgres.url }),
    ...(!hasKey && { SIGNALBOX_MASTER_KEY: secrets.masterKey }),
    ...(!values.FORMS_SIGNING_SECRET && { FORMS_SIGNING_SECRET: secrets.formsSigningSecret }),
    ...(sandbox && providerOverrides(values, sandbox, secrets.sandboxToken)),
  };
}

function senderFor(values: Values): Environment {
  return values.MAIL_FROM ? {} : { MAIL_FROM: 'Signalbox <signalbox@example.com>' };
}

async function stopParts({ sandbox, postgres }: Parts, lock: DataDirLock): Promise<void> {
  await Promise.all([sandbox?.stop(), postgres?.stop()]);
  await lock.release();
}
