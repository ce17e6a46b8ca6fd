import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CodedError } from '../../src/shared/kernel/coded-error.js';
import { DeadLetters } from '../../src/shared/messaging/dead-letters.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { billing, billingHandlers, invoice, mailer } from '../support/sample-mail-flow.js';
import { Spine } from '../support/spine.js';
import { until } from '../support/until.js';

const hour = 3_600_000;
const lost = (): Error => new CodedError('MAIL.LOST', 'uncertain', 'no answer', { retryAfterMs: 0 });
const busy = (): Error => new CodedError('MAIL.BUSY', 'transient', 'busy', { retryAfterMs: 0 });
const refused = (): Error => new CodedError('MAIL.REFUSED', 'permanent', 'refused');

let db: TestDatabase;
let spine: Spine;

beforeAll(async () => {
  db = await testDatabase();
  spine = await Spine.start({ db, flows: [billing], handlers: billingHandlers });
});
afterAll(async () => {
  await spine.stop();
  await db.close();
});
beforeEach(() => {
  mailer.reset();
  mailer.keyHonouredMs = hour;
});

interface Seen {
  id: string;
  run_status: string;
  reason: string | null;
  state: string;
  delivery_id: string;
}

async function start(name: string): Promise<string> {
  const [event] = await spine.state([invoice(name, 'a@example.com')]);
  return event!;
}

function runIs(event: string, status: string): Promise<Seen> {
  return until(`the run is ${status}`, async () => {
    const [row] = await db.database.query<Seen>(
      `select e.id, e.state, e.delivery_id, r.status as run_status, r.reason
       from effects.effects e join flow.runs r on r.id = e.run_id where r.started_by = $1`,
      [event],
    );
    return row?.run_status === status ? row : undefined;
  });
}

const forget = (): Promise<unknown> =>
  db.database.query(`update effects.effects set key_known_until = now() where key_known_until is not null`);

describe('an effect whose provider honours our key for a time', () => {
  it('is sent again under the same key when its answer is lost', async () => {
    const before = Date.now();
    mailer.next = [lost(), lost()];
    const { state } = await runIs(await start('k-1'), 'done');
    expect(state).toBe('confirmed');
    expect(mailer.references).toHaveLength(3);
    expect(new Set(mailer.references).size).toBe(1);
    expect(mailer.sent).toHaveLength(1);
    const [first, ...later] = mailer.planned;
    expect(later).toEqual([first, first]);
    expect(first?.getTime()).toBeGreaterThanOrEqual(before);
    expect(first?.getTime()).toBeLessThanOrEqual(Date.now());
  });

  it('is uncertain once that time is over, also when later attempts certainly sent nothing', async () => {
    mailer.next = [lost(), ...Array.from({ length: 12 }, busy)];
    const event = await start('k-2');
    await until('it was tried again', () => mailer.references.length >= 2);
    await forget();
    expect(await runIs(event, 'held')).toMatchObject({ state: 'uncertain', reason: 'EFFECTS.UNCERTAIN' });
    expect(mailer.sent).toEqual([]);
  });

  it('is uncertain at once when the time leaves no room for another call', async () => {
    mailer.keyHonouredMs = 1_000;
    mailer.next = [lost()];
    expect(await runIs(await start('k-3'), 'held')).toMatchObject({ state: 'uncertain' });
    expect(mailer.references).toHaveLength(1);
  });

  it('counts the time from the first sending, whatever is said of the provider later', async () => {
    mailer.next = [lost(), lost()];
    const event = await start('k-4');
    const first = await until('it was sent', async () => {
      const [row] = await db.database.query<{ left: number }>(
        `select extract(epoch from e.key_known_until - now())::float8 as left
         from effects.effects e join flow.runs r on r.id = e.run_id where r.started_by = $1`,
        [event],
      );
      return row?.left;
    });
    expect(first).toBeGreaterThan(3_590);
    mailer.keyHonouredMs = 10 * hour;
    const { id } = await runIs(event, 'done');
    const [row] = await db.database.query<{ left: number }>(
      `select extract(epoch from key_known_until - now())::float8 as left from effects.effects where id = $1`,
      [id],
    );
    expect(row?.left).toBeLessThanOrEqual(3_600);
  });

  it('that was tried as often as may be is uncertain, not failed; a retry sends only what the key covers', async () => {
    mailer.next = Array.from({ length: 14 }, lost);
    const event = await start('k-5');
    const { state, delivery_id: delivery } = await runIs(event, 'held');
    expect(state).toBe('uncertain');
    mailer.next = [];
    await forget();
    await spine.get(DeadLetters).retry({ ids: [delivery] }, 'test');
    expect(await runIs(event, 'held')).toMatchObject({ state: 'uncertain' });
    expect(mailer.sent).toEqual([]);
  });

  it('that the provider refuses for good under its key has failed', async () => {
    mailer.next = [lost(), refused()];
    expect(await runIs(await start('k-6'), 'held')).toMatchObject({
      state: 'failed',
      reason: 'MAIL.REFUSED',
    });
  });
});

describe('an effect whose provider knows no key', () => {
  it('that is uncertain is not sent again by a retry of its dead letter', async () => {
    mailer.keyHonouredMs = undefined;
    mailer.next = [lost()];
    const event = await start('k-7');
    const { delivery_id: delivery } = await runIs(event, 'held');
    await spine.get(DeadLetters).retry({ ids: [delivery] }, 'test');
    await until('it was tried again', async () => {
      const rows = await db.database.query(`select from messaging.attempts where delivery_id = $1`, [
        delivery,
      ]);
      return rows.length === 2;
    });
    expect(await runIs(event, 'held')).toMatchObject({ state: 'uncertain' });
    expect(mailer.references).toHaveLength(1);
  });
});
