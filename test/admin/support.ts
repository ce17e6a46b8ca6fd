import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { DataSource } from 'typeorm';
import { AppModule } from '../../src/app.module.js';
import { roles, type Role } from '../../src/shared/access/abilities.js';
import { generateKey } from '../../src/shared/access/api-key.js';
import { ApiKeys } from '../../src/shared/access/api-keys.js';
import { loadConfig } from '../../src/shared/config/config.js';
import { createDataSource } from '../../src/shared/database/data-source.js';
import { createHttpAdapter } from '../../src/shared/http/http-adapter.js';
import { buildDocument, setupOpenApi } from '../../src/shared/http/openapi.js';
import { seedSecrets } from '../../src/shared/secrets/seed-secrets.js';
import { SecretStore } from '../../src/shared/secrets/secret-store.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

export const formsSecret = `whsec_${Buffer.from('a secret of the tests, 32 bytes.').toString('base64')}`;

export interface Answer<T> {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: T;
  readonly raw: Buffer;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** The whole product on a database of its own; without role `worker` nothing moves by itself. */
export class AdminUnderTest {
  private readonly keys = new Map<string, { authorization: string; actor: string }>();

  private constructor(
    readonly app: NestFastifyApplication,
    readonly db: TestDatabase,
    private readonly dataSource: DataSource,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<AdminUnderTest> {
    const db = await testDatabase();
    // As in production: the application owns nothing.
    const url = `${db.url}?options=${encodeURIComponent('-c role=signalbox_app')}`;
    const dataSource = await createDataSource({ url, pool: 6 }).initialize();
    const config = loadConfig({
      DATABASE_URL: db.url,
      SIGNALBOX_MASTER_KEY: randomBytes(32).toString('base64'),
      SIGNALBOX_ROLES: 'gateway,admin',
      SIGNALBOX_LOG_LEVEL: 'silent',
      FORMS_SIGNING_SECRET: formsSecret,
      ...env,
    });
    const module = await Test.createTestingModule({
      imports: [AppModule.register({ config, dataSource })],
    }).compile();
    const adapter = createHttpAdapter({ isBehindTls: false });
    const app = module.createNestApplication<NestFastifyApplication>(adapter, {
      bodyParser: false,
      logger: false,
    });
    setupOpenApi(app, { version: '0.0.0', publicUrl: 'http://localhost:3000' });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    await seedSecrets(app.get(SecretStore), config);
    const started = new AdminUnderTest(app, db, dataSource);
    for (const role of roles) await started.makeKey(role);
    return started;
  }

  document() {
    return buildDocument(this.app, { version: '0.0.0', publicUrl: 'http://localhost:3000' });
  }

  /** How the key of a role is named in audit entries. */
  actor(role: Role): string {
    return this.keys.get(role)!.actor;
  }

  /** A call with the key of a role; without one, with none. */
  async call<T = Record<string, never>>(
    role: Role | undefined,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    { body, headers = {} }: CallOptions = {},
  ): Promise<Answer<T>> {
    const authorization = role && { authorization: this.keys.get(role)!.authorization };
    const answer = await this.app.inject({
      method,
      url,
      headers: {
        ...authorization,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    });
    const isJson = /json/.test(String(answer.headers['content-type']));
    return {
      status: answer.statusCode,
      headers: answer.headers,
      raw: answer.rawPayload,
      body: (isJson ? answer.json() : undefined) as T,
    };
  }

  get<T = Record<string, never>>(role: Role, path: string): Promise<Answer<T>> {
    return this.call<T>(role, 'GET', `/admin/v1${path}`);
  }

  post<T = Record<string, never>>(role: Role, path: string, body: unknown): Promise<Answer<T>> {
    return this.call<T>(role, 'POST', `/admin/v1${path}`, { body });
  }

  async audit(action: string): Promise<Record<string, unknown>[]> {
    const rows = await this.db.database.query<{ body: string }>(
      `select body from audit.entries where action = $1 order by seq`,
      [action],
    );
    return rows.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.dataSource.destroy();
    await this.db.close();
  }

  private async makeKey(role: Role): Promise<void> {
    const { id, hash, text } = generateKey();
    const key = { id, hash, name: role, roles: [role], createdBy: 'test', expiresAt: null };
    await this.db.database.transaction((tx) => this.app.get(ApiKeys, { strict: false }).insert(tx, key));
    this.keys.set(role, { authorization: `Bearer ${text}`, actor: `key:${id}` });
  }
}
