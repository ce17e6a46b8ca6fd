import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Runs } from '../../src/shared/flow/runs.js';
import { CodedError } from '../../src/shared/kernel/coded-error.js';
import { DeadLetters } from '../../src/shared/messaging/dead-letters.js';
import { Reconciler } from '../../src/shared/messaging/reconciler.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { carrier, order, sampleHandlers, shipping } from '../support/sample-flow.js';
import { Spine } from '../support/spine.js';
import { until } from '../support/until.js';

let db: TestDatabase;
let spine: Spine;

beforeAll(async () => {
  db = await testDatabase();
  spine = await Spine.start({ db, flows: [shipping], handlers: sampleHandlers });
});
afterAll(async () => {
  await spine.stop();
  await db.close();
});
beforeEach(() => carrier.reset());

const transient = (): CodedError => new CodedError('SAMPLE.AWAY', 'transient', 'away', { retryAfterMs: 0 });
const permanent = (): CodedError => new CodedError('SAMPLE.REFUSED', 'permanent', 'refused');

async function runOf(
  eventId: string,
): Promise<{ id: string; status: string; reason: string | null } | undefined> {
  const [run] = await db.database.query<{ id: string; status: string; reason: string | null }>(
    `select id, status, reason from flow.runs where started_by = $1`,
    [eventId],
  );
  return run;
}

async function runWith(eventId: string, status: string): Promise<{ id: string; reason: string | null }> {
  return until(`the run of ${eventId} is ${status}`, async () => {
    const run = await runOf(eventId);
    return run?.status === status ? run : undefined;
  });
}

async function attemptsOf(runId: string): Promise<{ step: string; number: number; outcome: string }[]> {
  return db.database.query(
    `select step, number, outcome from messaging.attempts where run_id = $1 order by started_at, number`,
    [runId],
  );
}

describe('a delivery', () => {
  it('is done once, and its run ends', async () => {
    const [event] = await spine.state([order('a-1')]);
    const run = await runWith(event!, 'done');
    expect(carrier.sends).toEqual(['a-1']);
    expect(await attemptsOf(run.id)).toEqual([
      { step: 'weigh', number: 1, outcome: 'done' },
      { step: 'ship', number: 1, outcome: 'done' },
    ]);
    const left = await db.database.query(`select from messaging.deliveries where run_id = $1`, [run.id]);
    expect(left).toEqual([]);
    const effects = await db.database.query(
      `select state, provider_id from effects.effects where run_id = $1`,
      [run.id],
    );
    expect(effects).toEqual([{ state: 'confirmed', provider_id: 'parcel-a-1' }]);
    const events = await db.database.query(
      `select type from messaging.messages where correlationid = $1 and kind = 'event'`,
      [run.id],
    );
    expect(events).toEqual([{ type: 'sample.order-shipped.v1' }]);
  });

  it('that fails for a while is tried again, and every attempt is on record', async () => {
    let failures = 2;
    carrier.beforeSend = async () => {
      if (failures-- > 0) throw transient();
    };
    const [event] = await spine.state([order('b-1')]);
    const run = await runWith(event!, 'done');
    expect((await attemptsOf(run.id)).map(({ outcome }) => outcome)).toEqual([
      'done',
      'retry',
      'retry',
      'done',
    ]);
    expect(carrier.sends).toEqual(['b-1']);
  });

  it('that fails as often as it may is a dead letter, holds its run, and passes when it is retried', async () => {
    carrier.beforeSend = async () => {
      throw transient();
    };
    const [event] = await spine.state([order('c-1')]);
    const run = await runWith(event!, 'held');
    expect(run.reason).toBe('SAMPLE.AWAY');
    const [letter] = await db.database.query<{ delivery_id: string; attempts: number }>(
      `select delivery_id, attempts from messaging.dead_letters where run_id = $1 and status = 'dead'`,
      [run.id],
    );
    expect(letter?.attempts).toBe(3);
    carrier.beforeSend = async () => undefined;
    await spine.get(DeadLetters).retry({ ids: [letter!.delivery_id] }, 'test');
    await runWith(event!, 'done');
    expect(carrier.sends).toEqual(['c-1']);
    await expect(spine.get(DeadLetters).retry({ ids: [letter!.delivery_id] }, 'test')).rejects.toMatchObject({
      code: 'MESSAGING.DEAD_LETTER_NOT_OPEN',
    });
  });

  it('that fails for good is dead at once; its neighbours flow; discarding it fails its run', async () => {
    carrier.beforeSend = async (name) => {
      if (name === 'd-bad') throw permanent();
    };
    const events = await spine.state([order('d-1'), order('d-bad'), order('d-2')]);
    await runWith(events[0]!, 'done');
    await runWith(events[2]!, 'done');
    const run = await runWith(events[1]!, 'held');
    await spine.get(DeadLetters).discard({ code: 'SAMPLE.REFUSED' }, 'not wanted', 'test');
    await runWith(events[1]!, 'failed');
    const effects = await db.database.query(`select state from effects.effects where run_id = $1`, [run.id]);
    expect(effects).toEqual([{ state: 'abandoned' }]);
  });

  it('whose effect happened although the call failed is looked up, not sent again', async () => {
    carrier.beforeSend = async (name) => {
      carrier.sends.push(name);
      carrier.parcels.set(name, `parcel-${name}`);
      carrier.beforeSend = async () => undefined;
      throw transient();
    };
    const [event] = await spine.state([order('e-1')]);
    const run = await runWith(event!, 'done');
    expect(carrier.sends).toEqual(['e-1']);
    const effects = await db.database.query(`select state, summary from effects.effects where run_id = $1`, [
      run.id,
    ]);
    expect(effects).toEqual([{ state: 'confirmed', summary: 'ship a parcel (found done)' }]);
  });
});

/** Notes the sequence that PostgreSQL gave to each ordered delivery: the rows themselves leave when they are done. */
async function noteSequences(): Promise<void> {
  await db.database.query(`create table sequences (delivery_id uuid, seq bigint, order_key bytea)`);
  await db.database.query(`
    create function note_sequence() returns trigger language plpgsql as $$
    begin
      insert into sequences values (new.id, new.seq, new.order_key);
      return new;
    end $$`);
  await db.database.query(`
    create trigger note_sequence after insert on messaging.deliveries
    for each row when (new.order_key is not null) execute function note_sequence()`);
}

describe('order', () => {
  it('is kept for each customer, however the work is spread', async () => {
    await noteSequences();
    const shipped: string[] = [];
    carrier.beforeSend = async (name) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
      shipped.push(name);
    };
    const names = Array.from({ length: 60 }, (_, i) => `o-${i % 3}-${i}`);
    const states = names.map((name, i) => spine.state([order(name, `customer-${i % 3}`, i)]));
    await Promise.all(states);
    await until('all are shipped', () => shipped.length === 60);
    const recorded = await until('all outcomes are durable', async () => {
      const rows = await db.database.query<{ name: string; order_key: string }>(
        `select substr(e.provider_id, 8) as name, encode(s.order_key, 'hex') as order_key
         from sequences s join effects.effects e on e.delivery_id = s.delivery_id
         where e.provider_id like 'parcel-o-%' order by s.seq`,
      );
      return rows.length === 60 && rows;
    });
    const keys = new Set(recorded.map(({ order_key }) => order_key));
    expect(keys.size).toBe(3);
    for (const key of keys) {
      const inOrder = recorded.filter(({ order_key }) => order_key === key).map(({ name }) => name);
      expect(shipped.filter((name) => inOrder.includes(name))).toEqual(inOrder);
    }
  });

  it('is kept when one in the middle fails: the rest waits for it', async () => {
    const seen: string[] = [];
    let failed = false;
    carrier.weigh = async () => undefined;
    carrier.beforeSend = async (name) => {
      if (name === 'm-2' && !failed) {
        failed = true;
        throw transient();
      }
      seen.push(name);
    };
    for (const name of ['m-1', 'm-2', 'm-3', 'm-4']) {
      const [event] = await spine.state([order(name, 'one-customer')]);
      await until('its shipment is recorded', async () => {
        const rows = await db.database.query(
          `select from messaging.messages m join flow.runs r on r.id = m.correlationid
           where r.started_by = $1 and m.type = 'sample.ship-order.v1'`,
          [event],
        );
        return rows.length === 1;
      });
    }
    await until('all are shipped', () => seen.length === 4);
    expect(seen).toEqual(['m-1', 'm-2', 'm-3', 'm-4']);
  });
});

describe('the reconciler', () => {
  it('takes over what a dead worker held, runs it alone, and buries what two workers died of', async () => {
    const [event] = await spine.state([order('r-1')]);
    await runWith(event!, 'done');
    const ids = await db.database.query<{ id: string }>(
      `insert into messaging.deliveries (id, message_id, type, handler, lane, capability, flow, max_attempts, state,
         owner, fence, lease_expires_at, crashes)
       select md5(n::text)::uuid, $1, 'sample.order-placed.v1', 'flow.start', 'local',
         'shipping@1:sample.order-placed.v1', 'shipping', 14, 'leased', gen_random_uuid(), 1, now() - interval '1 s', n - 1
       from generate_series(1, 2) n returning id`,
      [event],
    );
    await spine.get(Reconciler).reconcile();
    await until('the first ran', async () => {
      const runs = await db.database.query(`select from flow.runs where started_by = $1`, [event]);
      return runs.length === 2;
    });
    const letters = await db.database.query(
      `select code from messaging.dead_letters where delivery_id = $1`,
      [ids[1]!.id],
    );
    expect(letters).toEqual([{ code: 'MESSAGING.CRASHED_TWICE' }]);
  });

  it('parks what no process can run, and unparks it when one can', async () => {
    const [event] = await spine.state([order('p-1')]);
    await runWith(event!, 'done');
    await db.database.query(
      `insert into messaging.deliveries (id, message_id, type, handler, lane, capability, flow, max_attempts)
       values (gen_random_uuid(), $1, 'sample.order-placed.v1', 'flow.start', 'local', 'shipping@2:sample.order-placed.v1',
         'shipping', 14)`,
      [event],
    );
    await spine.get(Reconciler).reconcile();
    const parked = await db.database.query(
      `select state from messaging.deliveries where capability like 'shipping@2%'`,
    );
    expect(parked).toEqual([{ state: 'parked' }]);
    await db.database.query(
      `insert into messaging.workers (id, name, roles, capabilities)
       values (gen_random_uuid(), 'newer', '{worker}', '{shipping@2:sample.order-placed.v1}')`,
    );
    await spine.get(Reconciler).reconcile();
    const unparked = await db.database.query(
      `select state from messaging.deliveries where capability like 'shipping@2%'`,
    );
    expect(unparked).toEqual([{ state: 'pending' }]);
    await db.database.query(`delete from messaging.deliveries where capability like 'shipping@2%'`);
  });

  it('fires timers when they are due, not before', async () => {
    const [event] = await spine.state([order('t-1')]);
    await runWith(event!, 'done');
    await db.database.query(
      `insert into messaging.timers (id, due_at, message_id, type, handler, lane, capability, flow, step, visit, hold,
         max_attempts)
       select gen_random_uuid(), now() + make_interval(secs => s), $1, 'sample.order-placed.v1', 'flow.start', 'local',
         'shipping@1:sample.order-placed.v1', 'shipping', '', 0, false, 14
       from unnest(array[0.2, 3600]) s`,
      [event],
    );
    await until('the first fired', async () => {
      await spine.get(Reconciler).reconcile();
      return (await db.database.query(`select from flow.runs where started_by = $1`, [event])).length === 2;
    });
    expect(await db.database.query(`select from messaging.timers`)).toHaveLength(1);
  });
});

describe('trouble with the database', () => {
  it('while a lease is prepared gives it back without an attempt or a crash', async () => {
    const runs = spine.get(Runs);
    const load = runs.load.bind(runs);
    let broken = 1;
    runs.load = (ids) => (broken-- > 0 ? Promise.reject(new Error('connection lost')) : load(ids));
    const [event] = await spine.state([order('x-1')]);
    const run = await runWith(event!, 'done');
    runs.load = load;
    expect((await attemptsOf(run.id)).map(({ number, outcome }) => [number, outcome])).toEqual([
      [1, 'done'],
      [1, 'done'],
    ]);
  });

  it('that refuses what a step answered makes a dead letter that says so', async () => {
    carrier.subject = () => 'order:\u0000';
    const [event, neighbour] = await spine.state([order('y-1'), order('y-2', 'y-2')]);
    const run = await runWith(event!, 'held');
    expect(run.reason).toBe('MESSAGING.OUTCOME_REFUSED');
    await runWith(neighbour!, 'held');
    carrier.reset();
    carrier.parcels.set('y-1', 'parcel-y-1');
    await spine.get(DeadLetters).retry({ code: 'MESSAGING.OUTCOME_REFUSED' }, 'test');
    await runWith(event!, 'done');
    await runWith(neighbour!, 'done');
    expect(carrier.sends).toEqual(['y-2']);
  });
});
