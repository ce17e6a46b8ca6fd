import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { EmbeddedPostgres, PostgresOptions } from '../../src/shared/embedded/postgres.ts';
import { until } from '../support/until.ts';
import { withDatabase } from '../support/urls.ts';
import { AppProcess } from '../system/app-process.ts';
import { ManagedProcess } from '../system/managed-process.ts';
import { SandboxProcess } from '../system/sandbox-process.ts';
import { freePort } from './machine.ts';
import { profilerEnvironment } from './profile/profiled.ts';

interface AppOptions {
  readonly name: string;
  readonly database: string;
  /** As SIGNALBOX_ROLES. */
  readonly roles: string;
  readonly env?: Readonly<Record<string, string>>;
}

type StartPostgres = (options: PostgresOptions) => Promise<EmbeddedPostgres>;

const repository = fileURLToPath(new URL('../..', import.meta.url));
const built = new URL('../../dist/shared/embedded/postgres.js', import.meta.url).href;
/** Requests in ten seconds: more than one machine can send, so that the provider's limit is not what is measured. */
const sandboxRate = 100_000;

/** What one run of the bench brings up: a PostgreSQL, a sandbox, and processes; all of it is gone after `close`. */
export class World {
  readonly secret = `whsec_${randomBytes(32).toString('base64')}`;
  readonly dir: string;
  readonly postgres: EmbeddedPostgres;
  private readonly masterKey = randomBytes(32).toString('base64');
  private readonly token = randomBytes(16).toString('hex');
  private readonly processes: { stop(): Promise<unknown> }[] = [];
  private readonly profile: boolean;
  private sandbox: Promise<SandboxProcess> | undefined;

  private constructor(dir: string, postgres: EmbeddedPostgres, profile: boolean) {
    this.dir = dir;
    this.postgres = postgres;
    this.profile = profile;
  }

  /** @param profile counts statements too; that needs a second start of PostgreSQL */
  static async create({ profile }: { profile: boolean }): Promise<World> {
    const dir = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
    try {
      const { startPostgres } = (await import(built)) as { startPostgres: StartPostgres };
      const dataDir = join(dir, 'data');
      let postgres = await startPostgres({ dataDir });
      if (profile) {
        await run(postgres.adminUrl, `alter system set shared_preload_libraries = 'pg_stat_statements'`);
        await postgres.stop();
        postgres = await startPostgres({ dataDir });
        await run(postgres.adminUrl, `alter system set pg_stat_statements.track_planning = on`);
        await run(postgres.adminUrl, `select pg_reload_conf()`);
      }
      return new World(dir, postgres, profile);
    } catch (error) {
      rmSync(dir, { recursive: true, force: true });
      throw error;
    }
  }

  databaseUrl(name: string): string {
    return withDatabase(this.postgres.url, name);
  }

  async createDatabase(name: string): Promise<string> {
    await run(this.postgres.adminUrl, `create database ${name} owner signalbox`);
    return this.databaseUrl(name);
  }

  /** The sandbox of all parts; started when it is first needed. */
  simulators(): Promise<SandboxProcess> {
    this.sandbox ??= SandboxProcess.start({
      logFile: join(this.dir, 'sandbox.log'),
      token: this.token,
      rate: sandboxRate,
    });
    return this.sandbox;
  }

  /** A process of the application, not started: production, but for what the embedded profile needs no delay for. */
  async app({ name, database, roles, env }: AppOptions): Promise<AppProcess> {
    const { url } = await this.simulators();
    const dataDir = join(this.dir, name);
    mkdirSync(dataDir, { recursive: true });
    const app = new AppProcess(await freePort(), {
      name,
      logFile: join(this.dir, `${name}.log`),
      env: {
        ...this.settings(this.databaseUrl(database), url),
        ...(this.profile && profilerEnvironment(this.dir, name)),
        SIGNALBOX_DATA_DIR: dataDir,
        SIGNALBOX_ROLES: roles,
        ...env,
      },
    });
    this.processes.push(app);
    return app;
  }

  private settings(databaseUrl: string, sandboxUrl: string): Record<string, string> {
    return {
      NODE_ENV: 'production',
      SIGNALBOX_PROFILE: 'embedded',
      SIGNALBOX_FLOW_MODE: 'live',
      SIGNALBOX_LOG_LEVEL: 'warn',
      SIGNALBOX_MASTER_KEY: this.masterKey,
      DATABASE_URL: databaseUrl,
      FORMS_SIGNING_SECRET: this.secret,
      SIGNALBOX_SANDBOX_URL: sandboxUrl,
      HUBSPOT_BASE_URL: `${sandboxUrl}/hubspot`,
      HUBSPOT_ACCESS_TOKEN: this.token,
    };
  }

  /** Starts a floor that serves HTTP. */
  async floor(
    name: string,
    databaseUrl = '',
  ): Promise<{ url: string; pid: number; stop(): Promise<unknown> }> {
    const port = await freePort();
    const child = new ManagedProcess({
      name,
      command: [process.execPath, join(repository, 'test/bench/floors', `${name}.ts`)],
      env: {
        PORT: String(port),
        NODE_ENV: 'production',
        FLOOR_SECRET: this.secret,
        FLOOR_DATABASE_URL: databaseUrl,
      },
      logFile: join(this.dir, `${name}.log`),
    });
    this.processes.push(child);
    child.start();
    await until(`${name} to listen`, () => {
      if (!child.isRunning) throw new Error(`${name} ended while it started:\n${child.log()}`);
      return child.log().includes('ready');
    });
    return { url: `http://127.0.0.1:${port}`, pid: child.pid, stop: () => child.stop() };
  }

  /** Ends every process that was started here, and removes what they wrote. */
  async close(): Promise<void> {
    await Promise.all(this.processes.map((one) => one.stop().catch(() => undefined)));
    await (await this.sandbox?.catch(() => undefined))?.kill();
    await this.postgres.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
