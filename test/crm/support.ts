import { KeyRing } from '../../src/shared/crypto/key-ring.js';
import { openJson } from '../../src/shared/crypto/field-cipher.js';
import { payloadPlace } from '../../src/shared/messaging/message-row.js';
import { testApplication, type TestApplication } from '../support/application.js';
import { SandboxProcess } from '../support/sandbox-under-test.js';

export const clientSecret = 'a-client-secret-of-hubspot';

/** The application, connected to a simulated HubSpot; no flow runs, and nothing by itself. */
export class HubspotApp {
  readonly sandbox = new SandboxProcess();
  app!: TestApplication;

  async start(): Promise<void> {
    await this.sandbox.start({ SANDBOX_HUBSPOT_RATE: '100000' });
    this.app = await testApplication({
      SIGNALBOX_ROLES: 'gateway,admin',
      SIGNALBOX_FLOW_MODE: 'off',
      PUBLIC_URL: 'https://hooks.example.com',
      HUBSPOT_BASE_URL: `${this.sandbox.url}/hubspot`,
      HUBSPOT_ACCESS_TOKEN: 'sandbox-hubspot-token',
      HUBSPOT_CLIENT_SECRET: clientSecret,
    });
  }

  /** Empties HubSpot, and what was told of it. */
  async reset(): Promise<void> {
    await this.sandbox.admin('POST', '/reset');
    await this.sandbox.admin('PUT', '/hubspot/settings', { indexLagMs: 0, searchRate: 1_000 });
    const { database } = this.app.db;
    for (const table of [
      'connectors.rate_buckets',
      'messaging.messages',
      'intake.latest',
      'intake.dedupe_keys',
    ])
      await database.query(`delete from ${table}`);
  }

  async stop(): Promise<void> {
    await this.app?.close();
    await this.sandbox.stop();
  }

  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.app.app.get(type, { strict: false });
  }

  /** What was stated, oldest first, opened. */
  async events(type: string): Promise<Record<string, unknown>[]> {
    const rows = await this.app.db.database.query<{ id: string; key_id: string; payload: Buffer }>(
      `select id, key_id, payload from messaging.messages where type = $1 order by id`,
      [type],
    );
    const keys = await this.get(KeyRing).load(rows.map((row) => row.key_id));
    return rows.map(
      ({ id, key_id, payload }) =>
        openJson(keys.get(key_id)!, payloadPlace(id), payload) as Record<string, unknown>,
    );
  }

  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.app.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.app.adminKey}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return answer.json();
  }

  /** A person enters a deal. @returns its id */
  async enter(properties: Record<string, string>): Promise<string> {
    return (await this.sandbox.admin('POST', '/hubspot/deals', { properties }))['id'] as string;
  }

  /** A person changes a deal. */
  async change(id: string, properties: Record<string, string>): Promise<void> {
    await this.sandbox.admin('PUT', `/hubspot/deals/${id}/as-person`, { properties });
  }
}
