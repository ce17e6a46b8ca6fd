import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/until.ts';
import { AppProcess } from './app-process.ts';
import { FactReader } from './facts.ts';
import { freePorts } from './ports.ts';
import { OwnPostgres } from './postgres.ts';
import { prove } from './proof.ts';
import type { Proof } from './proof.ts';
import { SandboxProcess } from './sandbox-process.ts';
import { Sender } from './sender.ts';

export interface SystemOptions {
  /** A database as its owner. Without it, a PostgreSQL of the system's own is started. */
  readonly databaseUrl?: string;
  /** Keeps the queue in this Redis; without it in PostgreSQL. */
  readonly redisUrl?: string;
  /** How long a dead process' work is left to it. */
  readonly leaseSeconds?: number;
  /** Requests that the simulated HubSpot takes in ten seconds. */
  readonly hubspotRate?: number;
  /** For all processes of the application, at every start. */
  readonly env?: Readonly<Record<string, string>>;
  /** For the first process and its first start alone. */
  readonly firstEnv?: Readonly<Record<string, string>>;
}

/** The whole product as it runs outside: its processes, a database, the providers, and a sender of forms. */
export class System {
  readonly folder: string;
  readonly apps: AppProcess[] = [];
  readonly sandbox: SandboxProcess;
  readonly facts: FactReader;
  readonly sender: Sender;
  /** Present when the system started its own. */
  readonly postgres: OwnPostgres | undefined;
  private readonly env: Readonly<Record<string, string>>;

  constructor(parts: Parts, options: SystemOptions) {
    this.folder = parts.folder;
    this.sandbox = parts.sandbox;
    this.postgres = parts.postgres;
    this.facts = new FactReader(parts.databaseUrl);
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    this.sender = new Sender(() => this.apps.filter((app) => app.isRunning).map(({ url }) => url), secret);
    this.env = environmentOf(parts, options, secret);
  }

  /** The first process. */
  get app(): AppProcess {
    return this.apps[0] as AppProcess;
  }

  /** Another process of the application, ready. */
  async addApp(env: Readonly<Record<string, string>> = {}): Promise<AppProcess> {
    const [port = 0] = await freePorts(1);
    const name = `app-${this.apps.length + 1}`;
    const app = new AppProcess(port, { name, env: this.env, logFile: join(this.folder, `${name}.log`) });
    this.apps.push(app);
    await app.start(env);
    return app;
  }

  /** Waits until nothing is under way any more; what waits for a person is settled too. */
  async settled(timeoutMs = 90_000): Promise<void> {
    const isIdle = async (): Promise<boolean> => (await this.facts.unsettled().catch(() => 1)) === 0;
    await until('every delivery and run to end', isIdle, timeoutMs);
  }

  /** Reconciles what the sender got 2xx for with the database and the provider. */
  async proof(): Promise<Proof> {
    const { total, results } = await this.sandbox.contacts();
    if (total > results.length) throw new Error(`the sandbox lists ${results.length} of ${total} contacts`);
    return prove({
      accepted: this.sender.accepted,
      facts: await this.facts.read(),
      contacts: results.filter(({ archived }) => !archived),
      effects: await this.sandbox.effects(),
    });
  }

  /** The last lines of every process' log. */
  logs(): string {
    return this.apps.map((app) => `── ${app.name}\n${app.tail()}`).join('\n');
  }

  /** Ends everything at once: what is proven is proven, and a test's system has nothing to save. */
  async close(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.kill()));
    await Promise.all([this.sender.close(), this.facts.close(), this.sandbox.kill()]);
    await this.postgres?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

interface Parts {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly sandbox: SandboxProcess;
  readonly token: string;
  readonly postgres: OwnPostgres | undefined;
}

/** Starts a system with one process of the application, and waits until that is ready. */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-system-'));
  const token = `sandbox-${randomBytes(8).toString('hex')}`;
  const logFile = join(folder, 'sandbox.log');
  const [sandbox, postgres] = await Promise.all([
    SandboxProcess.start({ logFile, token, rate: options.hubspotRate ?? 10_000 }),
    options.databaseUrl ? undefined : OwnPostgres.start(folder),
  ]);
  const databaseUrl = options.databaseUrl ?? postgres?.url ?? '';
  const system = new System({ folder, databaseUrl, sandbox, token, postgres }, options);
  try {
    await system.addApp(options.firstEnv);
    return system;
  } catch (error) {
    await system.close();
    throw error;
  }
}

function environmentOf(parts: Parts, options: SystemOptions, secret: string): Record<string, string> {
  return {
    DATABASE_URL: parts.databaseUrl,
    DIRECT_DATABASE_URL: parts.databaseUrl,
    SIGNALBOX_MASTER_KEY: randomBytes(32).toString('base64'),
    FORMS_SIGNING_SECRET: secret,
    HUBSPOT_BASE_URL: `${parts.sandbox.url}/hubspot`,
    HUBSPOT_ACCESS_TOKEN: parts.token,
    SIGNALBOX_SANDBOX_URL: parts.sandbox.url,
    SIGNALBOX_DATA_DIR: join(parts.folder, 'data'),
    SIGNALBOX_LEASE_SECONDS: String(options.leaseSeconds ?? 3),
    SIGNALBOX_FLOW_MODE: 'live',
    ...(options.redisUrl && { REDIS_URL: options.redisUrl }),
    // A build that is broken on purpose must fail what guards it.
    SIGNALBOX_BROKEN_GUARDS: process.env['SIGNALBOX_BROKEN_GUARDS'] ?? '',
    ...options.env,
  };
}
