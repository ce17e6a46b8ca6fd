import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../support/until.ts';
import { ManagedProcess } from './managed-process.ts';
import { freePorts } from './ports.ts';

const start = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));

/** The product as `npm start` runs it, on free ports and with a data directory that goes away with it. */
export interface EmbeddedApp {
  readonly url: string;
  readonly sandboxUrl: string;
  /** Its database, as the owner. */
  readonly databaseUrl: string;
  readonly formsSecret: string;
  /** What providers sign with, by the environment's names. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly adminKey: string;
  /** What it has written so far. */
  log(): string;
  /** Ends it in order and removes its data; a second call waits for the first. */
  stop(): Promise<void>;
}

/**
 * @param onStart told how to end it, before it is ready
 * @throws Error with its log when it does not become ready
 */
export async function startEmbeddedApp(
  env: Readonly<Record<string, string | undefined>>,
  onStart: (stop: () => Promise<void>) => void,
): Promise<EmbeddedApp> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-demo-'));
  const dataDir = join(folder, 'data');
  const [port = 0, postgresPort = 0, sandboxPort = 0] = await freePorts(3);
  const formsSecret = `whsec_${randomBytes(32).toString('base64')}`;
  const secrets = channelSecrets();
  const adminKey = `sbx_demo_${randomBytes(32).toString('base64url')}`;
  const app = new ManagedProcess({
    name: 'Signalbox',
    command: [process.execPath, start],
    logFile: join(folder, 'signalbox.log'),
    isDetached: true,
    env: {
      ...env,
      ...onlyOurs,
      SIGNALBOX_PROFILE: 'embedded',
      SIGNALBOX_DATA_DIR: dataDir,
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      SIGNALBOX_POSTGRES_PORT: String(postgresPort),
      SIGNALBOX_SANDBOX_PORT: String(sandboxPort),
      FORMS_SIGNING_SECRET: formsSecret,
      ...secrets,
      SIGNALBOX_ADMIN_KEY: adminKey,
      SIGNALBOX_LOG_LEVEL: 'warn',
      SIGNALBOX_LOG_FORMAT: 'json',
    },
  });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= end(app, folder));
  app.start();
  onStart(stop);
  try {
    await until('Signalbox to be ready', () => isReady(app), 120_000);
    return {
      url: `http://127.0.0.1:${port}`,
      sandboxUrl: `http://127.0.0.1:${sandboxPort}`,
      databaseUrl: await databaseUrlOf(dataDir, postgresPort),
      formsSecret,
      secrets,
      adminKey,
      log: () => app.log(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A secret for every channel that signs, so that each of them is open. */
function channelSecrets(): Record<string, string> {
  const token = (): string => randomBytes(24).toString('hex');
  const names = ['TYPEFORM_SECRET', 'MAILGUN_SIGNING_KEY', 'XERO_WEBHOOK_KEY', 'ZENDESK_WEBHOOK_SECRET'];
  const more = [
    'WHATSAPP_APP_SECRET',
    'WHATSAPP_VERIFY_TOKEN',
    'ALERTMANAGER_WEBHOOK_TOKEN',
    'HUBSPOT_CLIENT_SECRET',
  ];
  const mail = ['POSTMARK', 'SENDGRID', 'MAIL'];
  return {
    ...Object.fromEntries([...names, ...more].map((name) => [name, token()])),
    ...Object.fromEntries(mail.map((name) => [`${name}_WEBHOOK_USER`, 'demo'])),
    ...Object.fromEntries(mail.map((name) => [`${name}_WEBHOOK_PASSWORD`, token()])),
    STRIPE_WEBHOOK_SECRET: `whsec_${token()}`,
    EVENTS_SIGNING_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
  };
}

/** What a developer's own environment may say of another installation does not reach this one. */
const onlyOurs = {
  XERO_BASE_URL: undefined,
  XERO_CLIENT_ID: undefined,
  XERO_CLIENT_SECRET: undefined,
  STRIPE_BASE_URL: undefined,
  STRIPE_API_KEY: undefined,
  SLACK_BASE_URL: undefined,
  SLACK_BOT_TOKEN: undefined,
  SMTP_URL: undefined,
  POSTMARK_BASE_URL: undefined,
  POSTMARK_SERVER_TOKEN: undefined,
  DATABASE_URL: undefined,
  DIRECT_DATABASE_URL: undefined,
  REDIS_URL: undefined,
  HUBSPOT_BASE_URL: undefined,
  HUBSPOT_ACCESS_TOKEN: undefined,
  SIGNALBOX_MASTER_KEY: undefined,
  SIGNALBOX_MASTER_KEY_FILE: undefined,
  SIGNALBOX_FLOW_MODE: undefined,
  SIGNALBOX_ROLES: undefined,
  HOST: undefined,
};

function isReady(app: ManagedProcess): boolean {
  if (!app.isRunning) throw new Error(`Signalbox ended while it started:\n${app.log().trim()}`);
  return app.log().includes('Signalbox is ready');
}

async function end(app: ManagedProcess, folder: string): Promise<void> {
  await app.stop().catch(() => app.kill());
  await rm(folder, { recursive: true, force: true });
}

async function databaseUrlOf(dataDir: string, port: number): Promise<string> {
  const secrets = JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8')) as {
    postgresPassword: string;
  };
  return `postgres://signalbox:${encodeURIComponent(secrets.postgresPassword)}@127.0.0.1:${port}/signalbox`;
}
