import { afterAll, beforeAll, beforeEach } from 'vitest';
import { ZendeskApi } from '../../src/modules/support/connectors/zendesk-api.js';
import { openJson } from '../../src/shared/crypto/field-cipher.js';
import { KeyRing } from '../../src/shared/crypto/key-ring.js';
import { payloadPlace } from '../../src/shared/messaging/message-row.js';
import { testApplication, type TestApplication } from '../support/application.js';
import { SandboxProcess } from '../support/sandbox-under-test.js';

export const webhookSecret = 'YS16ZW5kZXNrLXNlY3JldA==';
export const webhookUrl = 'https://hooks.example.com/webhooks/zendesk';

/** The application, connected to a simulated Zendesk; no flow runs, and nothing by itself. */
export class HelpdeskApp {
  readonly sandbox = new SandboxProcess();
  app!: TestApplication;

  async start(): Promise<void> {
    await this.sandbox.start({ SANDBOX_ZENDESK_RATE: '100000' });
    this.app = await testApplication({
      SIGNALBOX_ROLES: 'gateway,admin',
      SIGNALBOX_FLOW_MODE: 'off',
      PUBLIC_URL: 'https://hooks.example.com',
      ZENDESK_BASE_URL: `${this.sandbox.url}/zendesk`,
      ZENDESK_CLIENT_ID: 'sandbox-zendesk-client',
      ZENDESK_CLIENT_SECRET: 'sandbox-zendesk-secret',
      ZENDESK_WEBHOOK_SECRET: webhookSecret,
    });
  }

  /** Empties Zendesk, and what was told of it. */
  async reset(): Promise<void> {
    await this.sandbox.admin('POST', '/reset');
    // Its token is gone: the client learns it before the test begins.
    await this.get(ZendeskApi)
      .me()
      .catch(() => undefined);
    await this.sandbox.admin('POST', '/reset');
    await this.sandbox.admin('PUT', '/zendesk/settings', { exportLagMs: 0 });
    await this.refill();
    const tables = ['messaging.messages', 'intake.latest', 'intake.dedupe_keys'];
    for (const table of tables) await this.app.db.database.query(`delete from ${table}`);
  }

  /** As if the limits of Zendesk had not been drawn on. */
  async refill(): Promise<void> {
    await this.app.db.database.query(`delete from connectors.rate_buckets`);
  }

  async stop(): Promise<void> {
    await this.app?.close();
    await this.sandbox.stop();
  }

  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.app.app.get(type, { strict: false });
  }

  /** What was stated of tickets, oldest first, opened. */
  async told(): Promise<Record<string, unknown>[]> {
    const rows = await this.app.db.database.query<{ id: string; key_id: string; payload: Buffer }>(
      `select id, key_id, payload from messaging.messages where type = 'intake.ticket-changed.v1' order by id`,
    );
    const keys = await this.get(KeyRing).load(rows.map((row) => row.key_id));
    return rows.map(
      ({ id, key_id, payload }) =>
        openJson(keys.get(key_id)!, payloadPlace(id), payload) as Record<string, unknown>,
    );
  }

  async call(method: string, path: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.app.adminKey}` };
    return (await fetch(`${this.app.url}${path}`, { method, headers })).json();
  }

  /** A person opens a ticket. @returns its id */
  async open(values: object = {}): Promise<number> {
    return (await this.sandbox.admin('POST', '/zendesk/tickets', values))['id'] as number;
  }

  /** A person changes it. */
  async change(id: number, values: object): Promise<void> {
    await this.sandbox.admin('PUT', `/zendesk/tickets/${id}`, values);
  }
}

export function withHelpdesk(): HelpdeskApp {
  const helpdesk = new HelpdeskApp();
  beforeAll(() => helpdesk.start());
  afterAll(() => helpdesk.stop());
  beforeEach(() => helpdesk.reset());
  return helpdesk;
}
