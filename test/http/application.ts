import { createSecretKey, randomBytes } from 'node:crypto';
import { Global, Module, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { DestinationStream } from 'pino';
import { Logger } from 'nestjs-pino';
import { AccessModule } from '../../src/shared/access/access.module.js';
import type { Role } from '../../src/shared/access/abilities.js';
import { generateKey } from '../../src/shared/access/api-key.js';
import { ApiKeys } from '../../src/shared/access/api-keys.js';
import { Monotonic } from '../../src/shared/access/monotonic.js';
import { KeyRing } from '../../src/shared/crypto/key-ring.js';
import { KeyedHash } from '../../src/shared/crypto/keyed-hash.js';
import { Database } from '../../src/shared/database/database.js';
import { createHttpAdapter, type HttpOptions } from '../../src/shared/http/http-adapter.js';
import { HttpModule } from '../../src/shared/http/http.module.js';
import { setupOpenApi } from '../../src/shared/http/openapi.js';
import { Clock, SystemClock } from '../../src/shared/kernel/clock.js';
import { ObservabilityModule } from '../../src/shared/observability/observability.module.js';

export interface TestApplication {
  readonly app: NestFastifyApplication;
  readonly monotonic: { now: number; ms(): number };
  /** Inserts a key with these roles. @returns the headers that present it */
  keyWith(...roles: Role[]): Promise<{ authorization: string; id: string }>;
  close(): Promise<void>;
}

export interface TestApplicationOptions {
  readonly database: Database;
  readonly controllers?: Array<Type<unknown>>;
  readonly http?: Partial<HttpOptions>;
  /** Where log lines go; by default nowhere. */
  readonly logs?: DestinationStream;
}

/** The product's own guard, filter, interceptors and server around controllers of a test. */
export async function startApplication(options: TestApplicationOptions): Promise<TestApplication> {
  const { database, logs = { write: () => undefined } } = options;
  const monotonic = { now: 0, ms: () => monotonic.now };
  const module = await Test.createTestingModule({
    imports: [
      foundation(database),
      ObservabilityModule.register({ level: 'debug', pretty: false, destination: logs }),
      AccessModule,
      HttpModule,
    ],
    controllers: options.controllers ?? [],
  })
    .overrideProvider(Monotonic)
    .useValue(monotonic)
    .compile();
  const adapter = createHttpAdapter({ isBehindTls: false, ...options.http });
  const app = module.createNestApplication<NestFastifyApplication>(adapter, {
    bodyParser: false,
    bufferLogs: true,
  });
  app.useLogger(app.get(Logger));
  setupOpenApi(app, { version: '1.2.3', publicUrl: 'http://localhost:3000' });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return { app, monotonic, keyWith: keyMaker(app, database), close: () => app.close() };
}

function keyMaker(app: NestFastifyApplication, database: Database): TestApplication['keyWith'] {
  return async (...roles) => {
    const { id, hash, text } = generateKey();
    const key = { id, hash, name: roles.join(' '), roles, createdBy: 'test', expiresAt: null };
    await database.transaction((tx) => app.get(ApiKeys, { strict: false }).insert(tx, key));
    return { authorization: `Bearer ${text}`, id };
  };
}

function foundation(database: Database) {
  const masterKey = randomBytes(32);

  @Global()
  @Module({
    providers: [
      { provide: Database, useValue: database },
      { provide: Clock, useClass: SystemClock },
      { provide: KeyRing, useValue: new KeyRing(database, createSecretKey(masterKey)) },
      { provide: KeyedHash, useValue: new KeyedHash(createSecretKey(masterKey)) },
    ],
    exports: [Database, Clock, KeyRing, KeyedHash],
  })
  class FoundationModule {}
  return FoundationModule;
}
