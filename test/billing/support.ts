import { afterAll, beforeAll, beforeEach } from 'vitest';
import { KeyRing } from '../../src/shared/crypto/key-ring.js';
import { openJson } from '../../src/shared/crypto/field-cipher.js';
import { payloadPlace } from '../../src/shared/messaging/message-row.js';
import { testApplication, type TestApplication } from '../support/application.js';
import { SandboxProcess } from '../support/sandbox-under-test.js';
import { StripeWorld } from '../support/stripe-world.js';
import { XeroWorld } from '../support/xero-world.js';

export interface StoredEvent {
  readonly id: string;
  readonly subject: string;
  readonly data: Record<string, unknown>;
  readonly keyId: string;
}

/** The application, connected to simulated accounting systems; no flow runs, and nothing by itself. */
export class BillingApp {
  readonly sandbox = new SandboxProcess();
  app!: TestApplication;
  xero!: XeroWorld;
  stripe!: StripeWorld;

  async start(env: Record<string, string>): Promise<void> {
    await this.sandbox.start();
    const { url } = this.sandbox;
    this.app = await testApplication({
      SIGNALBOX_ROLES: 'gateway,admin',
      SIGNALBOX_FLOW_MODE: 'off',
      PUBLIC_URL: 'https://hooks.example.com',
      XERO_BASE_URL: `${url}/xero`,
      XERO_TOKEN_URL: `${url}/xero/connect/token`,
      XERO_CLIENT_ID: 'sandbox-xero-client',
      XERO_CLIENT_SECRET: 'sandbox-xero-secret',
      STRIPE_BASE_URL: `${url}/stripe`,
      STRIPE_API_KEY: 'sk_test_sandbox',
      ...env,
    });
    this.xero = new XeroWorld(this.sandbox, this.app.db);
    this.stripe = new StripeWorld(this.sandbox);
  }

  /** Empties the accounting systems, what was told of them, and the budgets that were drawn on. */
  async reset(): Promise<void> {
    await this.sandbox.admin('POST', '/reset');
    const { database } = this.app.db;
    await database.query(`delete from billing.oauth_grants`);
    await database.query(`delete from billing.overdue_seen`);
    await database.query(`delete from connectors.rate_buckets`);
    await database.query(`delete from messaging.messages`);
  }

  async stop(): Promise<void> {
    await this.app?.close();
    await this.sandbox.stop();
  }

  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.app.app.get(type, { strict: false });
  }

  /** What was stated, oldest first, opened. */
  async events(type: string): Promise<StoredEvent[]> {
    const rows = await this.app.db.database.query<{
      id: string;
      aggregatetype: string;
      aggregateid: string;
      key_id: string;
      payload: Buffer;
    }>(
      `select id, aggregatetype, aggregateid, key_id, payload from messaging.messages where type = $1 order by id`,
      [type],
    );
    const keys = await this.get(KeyRing).load(rows.map((row) => row.key_id));
    return rows.map((row) => ({
      id: row.id,
      subject: `${row.aggregatetype}:${row.aggregateid}`,
      data: openJson(keys.get(row.key_id)!, payloadPlace(row.id), row.payload) as Record<string, unknown>,
      keyId: row.key_id,
    }));
  }

  async call(method: string, path: string, body?: unknown, key = this.app.adminKey): Promise<Response> {
    return fetch(`${this.app.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }
}

export function withBilling(env: Record<string, string> = {}): BillingApp {
  const billing = new BillingApp();
  beforeAll(() => billing.start(env));
  afterAll(() => billing.stop());
  beforeEach(() => billing.reset());
  return billing;
}
