import { describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import type { Answer } from '../system/sender.ts';
import type { System, SystemOptions } from '../system/system.ts';
import {
  expectEachOutcomeOnce,
  random,
  recoveryMs,
  redisUnderTest,
  someSubmissions,
  systemUnderTest,
  withRedis,
} from './support.ts';

/** What must be true at the moment of the crash, and of what the sender was answered: that the point was the point. */
interface Point {
  readonly name: string;
  readonly title: string;
  atCrash?(system: System): Promise<void>;
  answers?(answers: readonly Answer[]): void;
  /** How many the sender sends at a time. */
  readonly atOnce?: number;
}

const isDuplicate = ({ body }: Answer): boolean => body['duplicate'] === true;

const points: readonly Point[] = [
  {
    name: 'accept-before-commit',
    title: '1 before the accepting commit',
    // Nothing of the request was kept, so its second try is the first one. One at a time: two commits may be under way
    // at once, and the other one's may have passed.
    atOnce: 1,
    answers: (answers) => expect(answers.filter(isDuplicate)).toEqual([]),
  },
  {
    name: 'accept-after-commit',
    title: '2 after the accepting commit, before the answer',
    // The request was kept, so its second try is a duplicate of it.
    answers: (answers) => expect(answers.filter(isDuplicate)).not.toEqual([]),
  },
  { name: 'leased', title: '3 after the lease, before the work', atCrash: expectLeases },
  { name: 'effect-before-call', title: '4 before the provider’s call', atCrash: expectLeases },
  {
    name: 'effect-after-call',
    title: '5 after the provider’s success, before it is saved',
    atCrash: async (system) => {
      const { created, updated } = await system.sandbox.effects();
      const { effects } = await system.facts.read();
      const saved = effects.filter(({ state }) => state === 'confirmed').length;
      expect(created + updated, 'an effect that nobody has saved').toBeGreaterThan(saved);
    },
  },
  { name: 'outcome-before-commit', title: '6 before the commit of an outcome', atCrash: expectLeases },
];

async function expectLeases(system: System): Promise<void> {
  const { open } = await system.facts.read();
  expect(open.filter(({ state }) => state === 'leased')).not.toEqual([]);
}

/** Where the queue is, and for how long the dead process' work is left to it. */
type Where = Pick<SystemOptions, 'redisUrl' | 'leaseSeconds'>;

/** The process dies at the point, is started again, and the sender sends again what got no answer. */
async function crashAt(context: TestContext, point: Point, where: Where): Promise<void> {
  const times = 1 + random.whole(3);
  const system = await systemUnderTest(context, {
    ...where,
    firstEnv: { SIGNALBOX_CRASH_POINT: `${point.name}:${times}` },
  });
  const submissions = someSubmissions(30);
  const sending = system.sender.deliverAll(submissions, point.atOnce ?? 8);
  await system.app.crashed();
  const died = performance.now();
  await point.atCrash?.(system);
  await system.app.start();
  const answers = await sending;
  point.answers?.(answers);
  await expectEachOutcomeOnce(system, submissions);
  expect(performance.now() - died).toBeLessThan(recoveryMs);
}

const options = { timeout: 150_000 };

// A long lease ends when its worker counts as dead: what it held is run alone. A short one ends before, and is due again.
describe('a process that is killed, with the queue in PostgreSQL', () => {
  for (const point of points) {
    it(`${point.title}: each outcome is there once`, options, (context) =>
      crashAt(context, point, { leaseSeconds: 10 }),
    );
  }
});

describe.skipIf(withRedis.skip)(`a process that is killed, with the queue in Redis${withRedis.note}`, () => {
  for (const point of points) {
    it(`${point.title}: each outcome is there once`, options, async (context) => {
      const redis = await redisUnderTest(context);
      await crashAt(context, point, { redisUrl: redis.url, leaseSeconds: 3 });
      expect(await redis.size(), 'keys in Redis').toBeGreaterThan(0);
    });
  }
});
