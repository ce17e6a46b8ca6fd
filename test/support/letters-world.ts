import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { MailBounced } from '../../src/modules/intake/contracts.js';
import type { SendMail } from '../../src/modules/outbound/contracts.js';
import { OutboundModule } from '../../src/modules/outbound/outbound.module.js';
import { RunOperations } from '../../src/shared/flow/run-operations.js';
import { newId } from '../../src/shared/kernel/ids.js';
import { LaneGates } from '../../src/shared/messaging/lane-gates.js';
import { SecretStore } from '../../src/shared/secrets/secret-store.js';
import { seedSecrets } from '../../src/shared/secrets/seed-secrets.js';
import { testDatabase, type TestDatabase } from './database.js';
import { answered, letter, letters } from './letters-flow.js';
import { MailSandbox } from './mail-sandbox.js';
import { withSandbox, type SandboxProcess } from './sandbox-under-test.js';
import { Spine } from './spine.js';
import { until } from './until.js';

export interface LetterRun {
  readonly id: string;
  readonly status: string;
}

const someone = [{ address: 'ada@example.com', name: 'Ada' }];

/** A mail to somebody. */
export const note = (more: Partial<SendMail> = {}): Partial<SendMail> => ({
  ...{ kind: 'transactional', to: someone, subject: 'One', text: 'Hello' },
  ...more,
});

/** The flow of letters over a real queue, and a mail server in another process. */
export class LettersWorld {
  db!: TestDatabase;
  spine!: Spine;
  mail!: MailSandbox;

  constructor(readonly sandbox: SandboxProcess) {}

  async start(env: Record<string, string>): Promise<void> {
    const more = { MAIL_FROM: 'Billing <billing@example.com>', MAIL_REPLY_TO: 'support@example.com' };
    const modules = [OutboundModule];
    this.spine = await Spine.start({
      db: this.db,
      flows: [letters],
      handlers: [],
      modules,
      env: { ...more, ...env },
    });
    await seedSecrets(this.spine.get(SecretStore), this.spine.config);
  }

  async startWithSmtp(): Promise<void> {
    await this.start({ SMTP_URL: await new MailSandbox(this.sandbox.url).smtpUrl() });
  }

  async want(given: Partial<SendMail>): Promise<{ name: string; event: string }> {
    const name = newId();
    const [event] = await this.spine.state([letter(name, given)]);
    return { name, event: event! };
  }

  runIs(event: string, status: string): Promise<LetterRun> {
    return until(`the run is ${status}`, async () => {
      const sql = `select id, status from flow.runs where started_by = $1`;
      const [run] = await this.db.database.query<LetterRun>(sql, [event]);
      return run?.status === status && run;
    });
  }

  async done(given: Partial<SendMail>) {
    const { name, event } = await this.want(given);
    const run = await this.runIs(event, 'done');
    return { run, result: answered.get(name)! };
  }

  async effectOf({ id }: LetterRun) {
    const sql = `select id, state, summary, provider_id from effects.effects where run_id = $1`;
    type Row = Record<'id' | 'state' | 'summary' | 'provider_id', string>;
    const [effect] = await this.db.database.query<Row>(sql, [id]);
    return effect!;
  }

  attemptsOf({ id }: LetterRun, outcome: string, count: number) {
    return until(`${count} attempts end as ${outcome}`, async () => {
      const rows = await this.db.database.query<{ error: { code: string } }>(
        `select error from messaging.attempts where run_id = $1 and outcome = $2`,
        [id, outcome],
      );
      return rows.length === count && rows;
    });
  }

  async retry({ id }: LetterRun): Promise<void> {
    await this.spine.get(RunOperations).retry(id, 'test');
  }

  /** States that a mail came back, and waits until that has been heard. */
  async bounced(more: Partial<MailBounced>): Promise<unknown> {
    const at = '2026-11-20T12:00:00.000Z';
    const given = { kind: 'bounce', recipient: 'ada@example.com', permanent: true, at };
    const message = new MailBounced({ ...given, ...more } as MailBounced);
    const [event] = await this.spine.state([{ message, subject: 'mail:x' }]);
    return until('the bounce is heard', async () => {
      const [row] = await this.db.database.query<{ decision: unknown }>(
        `select decision from messaging.attempts where message_id = $1 and flow = 'outbound.suppress-bounced'`,
        [event],
      );
      return row?.decision;
    });
  }
}

/** Brings all of it up for a spec; the spec starts the spine. */
export function withLetters(): LettersWorld {
  const world = new LettersWorld(withSandbox());
  beforeAll(async () => {
    world.db = await testDatabase();
  });
  afterAll(() => world.db.close());
  beforeEach(async () => {
    answered.clear();
    world.mail = new MailSandbox(world.sandbox.url);
    await world.mail.admin('PUT', '/mail/settings', { indexLagMs: 0 });
    await world.db.database.query(`delete from outbound.suppressions`);
    await world.db.database.query(`update flow.settings set mode = 'live', redirect = '{}'`);
  });
  afterEach(() => world.spine.get(LaneGates).open('mail'));
  return world;
}
