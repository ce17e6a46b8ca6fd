import { readFileSync } from 'node:fs';

import type { FLOW_MODES, LOG_LEVELS, PROFILES, ROLES } from './variables-core.js';
import { ConfigError } from './config-error.js';
import { type Environment, type Problems, readEnvironment, type Values } from './read-environment.js';
import { Secret } from './secret.js';
import { onlySandbox, providerConfigs, type Providers, sandboxed } from './config-providers.js';
import { type SecretName, secretsOf } from './secrets.js';
import { base64Bytes } from './shapes.js';

export type Profile = (typeof PROFILES)[number];
export type Role = (typeof ROLES)[number];
export type FlowMode = (typeof FLOW_MODES)[number];
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The configuration of a process. Credentials are `Secret`s: printing or serialising it shows none. */
export interface Config extends Providers {
  readonly profile: Profile;
  readonly dataDir: string;
  /** The parts that this process runs; never empty. */
  readonly roles: ReadonlySet<Role>;
  /** `publicUrl` has no slash at its end; with port 0 it is only right when it was configured. */
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string;
    /** Addresses or networks (CIDR) of proxies whose X-Forwarded-For is believed. */
    readonly trustedProxies: readonly string[];
    /** How long a request may take to arrive. */
    readonly requestTimeoutMs: number;
  };
  /** `directUrl` reaches the same database without a transaction pooler. `pool`: most connections. */
  readonly database: { readonly url: Secret; readonly directUrl: Secret; readonly pool: number };
  /** Absent: the queue is kept in PostgreSQL. */
  readonly redisUrl?: Secret;
  /** Key-encryption key, 32 bytes. */
  readonly masterKey: Secret<Buffer>;
  /** `sbx_<id>_<secret>` */
  readonly adminKey?: Secret;
  /** Mode of flows that have none set. */
  readonly flowMode: FlowMode;
  /** Requests that a source of a channel may send a second. */
  readonly webhooks: { readonly ratePerSecond: number };
  /** Values that seed the secret store, by the secret's name, newest first; none: its channel is closed. */
  readonly secrets: Readonly<Record<SecretName, readonly Secret[]>>;
  /** Base URL of a running sandbox. */
  readonly sandboxUrl?: string;
  readonly log: { readonly level: LogLevel; readonly pretty: boolean };
  readonly lease: { readonly seconds: number };
  /** Tests only: where the process kills itself. */
  readonly crashPoint?: string;
  /** Tests only: guards that are switched off. */
  readonly brokenGuards: readonly string[];
}

/**
 * Reads and checks the whole configuration; nothing else reads the environment.
 * @param env name to text; blank texts count as not set
 * @param readText how the master key's file is read
 * @throws ConfigError with every problem at once
 */
export function loadConfig(
  env: Environment = process.env,
  readText: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): Config {
  const { values, problems } = readEnvironment(env);
  const url = requireDatabase(values, problems);
  const masterKey = requireMasterKey(values, problems, readText);
  for (const name of ['SIGNALBOX_CRASH_POINT', 'SIGNALBOX_BROKEN_GUARDS'] as const) {
    if (values[name] && values.NODE_ENV === 'production') problems.add(name, 'is set in production');
  }
  if (problems.list.length > 0 || !url || !masterKey) throw new ConfigError(problems.list);
  return assemble(values, url, masterKey);
}

function assemble(values: Values, url: Secret, masterKey: Secret<Buffer>): Config {
  const profile = values.SIGNALBOX_PROFILE;
  const providers = providerConfigs(values);
  return {
    profile,
    dataDir: values.SIGNALBOX_DATA_DIR,
    roles: values.SIGNALBOX_ROLES,
    http: httpConfig(values),
    database: { url, directUrl: values.DIRECT_DATABASE_URL ?? url, pool: values.SIGNALBOX_DB_POOL },
    redisUrl: values.REDIS_URL,
    masterKey,
    adminKey: values.SIGNALBOX_ADMIN_KEY,
    flowMode: values.SIGNALBOX_FLOW_MODE ?? (onlySandbox(values, providers) ? 'live' : 'shadow'),
    webhooks: { ratePerSecond: values.SIGNALBOX_WEBHOOK_RATE },
    secrets: secretsOf(values, sandboxed(providers)),
    ...providers,
    sandboxUrl: values.SIGNALBOX_SANDBOX_URL,
    log: {
      level: values.SIGNALBOX_LOG_LEVEL,
      pretty: (values.SIGNALBOX_LOG_FORMAT ?? (profile === 'embedded' ? 'pretty' : 'json')) === 'pretty',
    },
    lease: { seconds: values.SIGNALBOX_LEASE_SECONDS },
    crashPoint: values.SIGNALBOX_CRASH_POINT,
    brokenGuards: values.SIGNALBOX_BROKEN_GUARDS?.split(',') ?? [],
  };
}

function httpConfig(values: Values): Config['http'] {
  const host = values.HOST ?? (values.SIGNALBOX_PROFILE === 'embedded' ? '127.0.0.1' : '0.0.0.0');
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  const authority = reachable.includes(':') ? `[${reachable}]` : reachable;
  return {
    host,
    port: values.PORT,
    publicUrl: values.PUBLIC_URL ?? `http://${authority}:${values.PORT}`,
    trustedProxies: values.SIGNALBOX_TRUSTED_PROXIES?.split(',') ?? [],
    requestTimeoutMs: values.SIGNALBOX_REQUEST_SECONDS * 1000,
  };
}

function requireDatabase(values: Values, problems: Problems): Secret | undefined {
  if (!values.DATABASE_URL) problems.add('DATABASE_URL', 'is not set');
  return values.DATABASE_URL;
}

function requireMasterKey(
  values: Values,
  problems: Problems,
  readText: (path: string) => string,
): Secret<Buffer> | undefined {
  const { SIGNALBOX_MASTER_KEY: key, SIGNALBOX_MASTER_KEY_FILE: path } = values;
  if (key && path) {
    problems.add('SIGNALBOX_MASTER_KEY', 'is set besides SIGNALBOX_MASTER_KEY_FILE', 'Unset one of the two.');
    return key;
  }
  if (!key && !path) problems.add('SIGNALBOX_MASTER_KEY', 'is not set, nor is SIGNALBOX_MASTER_KEY_FILE');
  if (!path) return key;
  let text: string;
  try {
    text = readText(path).trim();
  } catch {
    problems.add('SIGNALBOX_MASTER_KEY_FILE', `names ${path}, which cannot be read`);
    return undefined;
  }
  const parsed = base64Bytes(32).safeParse(text);
  if (!parsed.success) problems.add('SIGNALBOX_MASTER_KEY_FILE', `names ${path}, which holds something else`);
  return parsed.success ? new Secret(parsed.data) : undefined;
}
