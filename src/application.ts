import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';
import type { DataSource } from 'typeorm';
import { AppModule } from './app.module.js';
import { FirstKey } from './shared/access/first-key.js';
import type { Config } from './shared/config/config.js';
import { isConnectionError } from './shared/database/pg-errors.js';
import { createDataSource, migrate } from './shared/database/data-source.js';
import { webhookBodyLimits } from './modules/intake/contracts.js';
import { defaultBodyLimits } from './shared/http/bodies.js';
import { createHttpAdapter } from './shared/http/http-adapter.js';
import { setupOpenApi } from './shared/http/openapi.js';
import { registerRoleRoutes } from './shared/http/role-routes.js';
import { arm } from './shared/kernel/crash-point.js';
import {
  portProblem,
  requireBudget,
  requireFreePort,
  requireSafeRedis,
  unreachable,
} from './start-checks.js';
import { Readiness } from './shared/observability/readiness.js';
import { seedSecrets } from './shared/secrets/seed-secrets.js';
import { SecretStore } from './shared/secrets/secret-store.js';

export interface Application {
  readonly url: string;
  readonly config: Config;
  /** The first admin key, in clear, when this start made it. */
  readonly firstKey: string | undefined;
  readonly app: NestFastifyApplication;
  /** Refuses what is new, finishes what was accepted, gives back what has not started. */
  stop(): Promise<void>;
}

const version = '0.1.0';
const drainMs = 5_000;

/** Migrates, boots, and listens. @throws StartError, coded errors of the boot checks; nothing is left running then */
export async function startApplication(config: Config): Promise<Application> {
  arm(config.crashPoint, config.brokenGuards);
  await requireFreePort(config.http);
  await requireSafeRedis(config.redisUrl?.reveal());
  const dataSource = await openDatabase(config);
  const app = await createApp(config, dataSource);
  try {
    return await open(app, config, dataSource);
  } catch (error) {
    await app.close().catch(() => undefined);
    await dataSource.destroy().catch(() => undefined);
    throw error;
  }
}

async function openDatabase(config: Config): Promise<DataSource> {
  try {
    await migrate(config.database.directUrl.reveal());
    const options = { url: config.database.url.reveal(), pool: config.database.pool };
    const dataSource = await createDataSource(options).initialize();
    await requireBudget(dataSource, config);
    return dataSource;
  } catch (error) {
    throw isConnectionError(error) ? unreachable(config, error as Error) : error;
  }
}

async function createApp(config: Config, dataSource: DataSource): Promise<NestFastifyApplication> {
  const { publicUrl, trustedProxies, requestTimeoutMs } = config.http;
  const adapter = createHttpAdapter({
    isBehindTls: publicUrl.startsWith('https:'),
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    requestTimeoutMs,
    bodies: { ...defaultBodyLimits, byPath: webhookBodyLimits },
  });
  registerRoleRoutes(adapter.getInstance(), config.roles);
  const root = AppModule.register({ config, dataSource });
  const options = { bodyParser: false, logger: false as const, abortOnError: false };
  return NestFactory.create<NestFastifyApplication>(root, adapter, options);
}

async function open(
  app: NestFastifyApplication,
  config: Config,
  dataSource: DataSource,
): Promise<Application> {
  setupOpenApi(app, { version, publicUrl: config.http.publicUrl });
  await seedSecrets(app.get(SecretStore), config);
  await app.init(); // the boot checks: no key is made by a process that will not start
  app.useLogger(app.get(Logger));
  const first = await app.get(FirstKey).ensure(config.adminKey?.reveal());
  await listen(app, config);
  const readiness = app.get(Readiness);
  readiness.markStarted();
  return {
    url: (await app.getUrl()).replace('[::1]', 'localhost'),
    config,
    app,
    firstKey: first.state === 'created' ? first.key : undefined,
    stop: async () => {
      readiness.drain();
      if (config.profile === 'production') await new Promise((resolve) => setTimeout(resolve, drainMs));
      await app.close();
      await dataSource.destroy();
    },
  };
}

async function listen(app: NestFastifyApplication, { http }: Config): Promise<void> {
  try {
    await app.listen(http.port, http.host);
  } catch (error) {
    throw portProblem(http, error);
  }
}
