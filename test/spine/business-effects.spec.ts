import { CommandHandler } from '@nestjs/cqrs';
import { IsInt, IsString } from 'class-validator';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { flow } from '../../src/shared/flow/define-flow.js';
import { CodedError } from '../../src/shared/kernel/coded-error.js';
import { Command, CommandType } from '../../src/shared/kernel/message.js';
import { UseCase, type HandlerContext, type HandlerOutcome } from '../../src/shared/messaging/handler.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { order, OrderPlaced, sampleHandlers } from '../support/sample-flow.js';
import { Spine } from '../support/spine.js';
import { until } from '../support/until.js';

/** Welcomes a customer once ever, however many orders there are; what is said is of the order. */
@CommandType<WelcomeCustomer>('sample.welcome-customer.v1', {
  effect: {
    ...{ connector: 'carrier', class: 'lookup', scope: 'business' },
    target: ({ customer }) => customer,
    request: ({ customer }) => customer,
  },
  orderedBy: ({ customer }) => customer,
})
class WelcomeCustomer extends Command<{ letter: string }> {
  @IsString()
  customer: string;

  @IsInt()
  place: number;
}

const letters: string[] = [];
let trouble: CodedError | undefined;

@CommandHandler(WelcomeCustomer)
class WelcomeCustomerHandler extends UseCase<WelcomeCustomer> {
  async run(
    { customer, place }: WelcomeCustomer,
    { effect }: HandlerContext,
  ): Promise<HandlerOutcome<{ letter: string }>> {
    const result = await effect.perform({
      look: async () => undefined,
      describe: () => 'write a letter',
      send: async () => {
        if (trouble) throw trouble;
        letters.push(`${customer} ${place}`);
        return { letter: `letter-${letters.length}` };
      },
      pretend: () => ({ letter: 'none' }),
      providerId: ({ letter }) => letter,
    });
    return { result };
  }
}

const welcome = flow('welcome', { version: 1 })
  .startedBy(
    OrderPlaced,
    ({ order: name }) => name,
    ({ customer, place }) => ({ customer, place, letter: '' }),
  )
  .steps(['welcome'], ({ send, end }) => ({ welcome: send(WelcomeCustomer, ({ state }) => state, end()) }));

let db: TestDatabase;
let spine: Spine;
beforeAll(async () => {
  db = await testDatabase();
  spine = await Spine.start({ db, flows: [welcome], handlers: [...sampleHandlers, WelcomeCustomerHandler] });
});
afterAll(async () => {
  await spine.stop();
  await db.close();
});

async function ended(eventId: string): Promise<string> {
  return until(`the run of ${eventId} ends`, async () => {
    const [run] = await db.database.query<{ status: string }>(
      `select status from flow.runs where started_by = $1`,
      [eventId],
    );
    return run && run.status !== 'running' ? run.status : undefined;
  });
}

beforeEach(() => {
  letters.length = 0;
  trouble = undefined;
});

it('an effect of the business happens once, whatever the runs say that ask for it again', async () => {
  const statuses: string[] = [];
  for (const place of [1, 1, 2]) {
    const [event] = await spine.state([order(`order-${statuses.length}`, 'ann', place)]);
    statuses.push(await ended(event!));
  }
  expect(statuses).toEqual(['done', 'done', 'done']);
  expect(letters).toEqual(['ann 1']);
});

it('runs that ask for it at the same time wait for one another and get one answer', async () => {
  const events = await spine.state([1, 2, 3, 4].map((place) => order(`at-once-${place}`, 'ben', place)));
  expect(await Promise.all(events.map(ended))).toEqual(['done', 'done', 'done', 'done']);
  expect(letters).toHaveLength(1);
});

it.each(['failed', 'abandoned'])('one that is %s in one run is made by the next', async (state) => {
  trouble = new CodedError('SAMPLE.REFUSED', 'permanent', 'refused');
  const [first] = await spine.state([order(`first-${state}`, `cid-${state}`)]);
  expect(await ended(first!)).toBe('held');
  await db.database.query(`update effects.effects set state = $1 where state = 'failed'`, [state]);
  trouble = undefined;
  const [second] = await spine.state([order(`second-${state}`, `cid-${state}`)]);
  expect(await ended(second!)).toBe('done');
  expect(letters).toHaveLength(1);
});

it('one whose answer was erased is not made again, and says so', async () => {
  const [first] = await spine.state([order('erased-1', 'dan')]);
  await ended(first!);
  await db.database.query(
    `update effects.effects set key_id = gen_random_uuid() where id in (select id from effects.effects order by id desc limit 1)`,
  );
  const [second] = await spine.state([order('erased-2', 'dan')]);
  expect(await ended(second!)).toBe('held');
  expect(letters).toHaveLength(1);
  const [run] = await db.database.query<{ reason: string }>(
    `select reason from flow.runs where started_by = $1`,
    [second],
  );
  expect(run?.reason).toBe('EFFECTS.ANSWER_ERASED');
});
