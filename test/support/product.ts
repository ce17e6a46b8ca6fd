import { afterAll, beforeAll, beforeEach } from 'vitest';
import { KeyRing } from '../../src/shared/crypto/key-ring.js';
import { Clock } from '../../src/shared/kernel/clock.js';
import { newId } from '../../src/shared/kernel/ids.js';
import { toRow } from '../../src/shared/messaging/message-row.js';
import { Outbox } from '../../src/shared/messaging/outbox.js';
import { MessageValidators } from '../../src/shared/messaging/validators.js';
import { Wakeups } from '../../src/shared/messaging/wakeups.js';
import { testApplication, type TestApplication } from './application.js';
import { SandboxProcess } from './sandbox-under-test.js';
import { until } from './until.js';

export interface SeenRun {
  readonly id: string;
  readonly status: string;
  readonly step: string;
  readonly reason: string | null;
}

export interface SeenEffect {
  readonly state: string;
  readonly attempts: number;
  readonly reference: string;
  readonly deliveryId: string;
  readonly summary: string | null;
}

/** The whole application over the sandbox. A spec may put other flows in the place of the product's (`vi.mock`). */
export class Product {
  readonly sandbox = new SandboxProcess();
  app!: TestApplication;

  async start(env: (sandboxUrl: string) => Record<string, string>): Promise<void> {
    await this.sandbox.start({ SANDBOX_SLACK_RATE: '1000' });
    this.app = await testApplication(env(this.sandbox.url));
  }

  async stop(): Promise<void> {
    await this.app?.close();
    await this.sandbox.stop();
  }

  /** What the sandbox tells of itself: `/slack/messages`. */
  async held<T>(path: string): Promise<T> {
    return (await this.sandbox.admin('GET', path)) as T;
  }

  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.app.app.get(type, { strict: false });
  }

  /** States an event as a context would. @returns its id */
  async state(message: object, subject: string): Promise<string> {
    const keyRing = this.get(KeyRing);
    const key = keyRing.create([]);
    const place = { key: key.key, correlationId: newId(), causationId: null, partitionKey: subject };
    const row = toRow(
      { message, subject },
      { ...place, traceparent: null, now: this.get(Clock).now() },
      this.get(MessageValidators),
    );
    const lanes = await this.app.db.database.transaction(async (tx) => {
      await keyRing.store(tx, [key]);
      return this.get(Outbox).append(tx, [row]);
    });
    this.get(Wakeups).signal(lanes);
    return row.id;
  }

  async run(eventId: string): Promise<SeenRun | undefined> {
    const [run] = await this.app.db.database.query<SeenRun>(
      `select id, status, step, reason from flow.runs where started_by = $1`,
      [eventId],
    );
    return run;
  }

  /** Waits until the run has that status; what is due later is due at once. */
  async runIs(eventId: string, status: string): Promise<SeenRun> {
    return until(`the run of ${eventId} is ${status}`, async () => {
      await this.hurry();
      const run = await this.run(eventId);
      return run?.status === status ? run : undefined;
    });
  }

  /** What waits for its time does not. */
  async hurry(): Promise<void> {
    const rows = await this.app.db.database.query<{ lane: string }>(
      `update messaging.deliveries set due_at = now() where state = 'pending' and due_at > now() returning lane`,
    );
    this.get(Wakeups).signal(rows.map(({ lane }) => lane));
  }

  async effects(eventId: string): Promise<SeenEffect[]> {
    return this.app.db.database.query<SeenEffect>(
      `select e.state, e.attempts, e.reference, e.delivery_id as "deliveryId", e.summary
       from effects.effects e join flow.runs r on r.id = e.run_id where r.started_by = $1 order by e.id`,
      [eventId],
    );
  }

  async call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.app.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.app.adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, ...((await answer.json()) as object) };
  }
}

/** Brings both up for a spec, and empties the sandbox before each test. */
export function withProduct(env: (sandboxUrl: string) => Record<string, string>): Product {
  const product = new Product();
  beforeAll(() => product.start(env), 60_000);
  afterAll(() => product.stop());
  beforeEach(async () => {
    await product.sandbox.admin('POST', '/reset');
    await product.app.db.database.query(`delete from connectors.rate_buckets`);
  });
  return product;
}
