import { describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { until } from '../support/until.ts';
import type { AttemptFact } from '../system/facts.ts';
import { followUp } from '../system/people.ts';
import type { System } from '../system/system.ts';
import {
  expectEachOutcomeOnce,
  random,
  recoveryMs,
  someSubmissions,
  systemUnderTest,
  workerIdOf,
} from './support.ts';

const options = { timeout: 150_000 };

/** Longer than a dead worker counts as alive: the crash of who holds such a lease is counted. */
const longLease = 10;

/**
 * A worker is frozen while the provider carries out its calls, past the end of its leases; another one takes its work
 * over and is at it when the first one wakes up with the answers.
 * @returns what the first one had begun before it froze and recorded nevertheless
 */
async function freezePastTheLease(
  context: TestContext,
  guards: Record<string, string>,
): Promise<AttemptFact[]> {
  const system = await systemUnderTest(context, { env: guards });
  const submissions = someSubmissions(3);
  const frozen = system.app;
  const frozenWorker = await workerIdOf(system, frozen.pid);
  await system.sandbox.settings({ latencyMs: 1_000 });
  await system.sender.deliverAll(submissions);
  await until('a write to reach the provider', async () => {
    const { calls } = await system.sandbox.calls();
    return calls.some(({ path, status }) => path.endsWith('/batch/create') && status === 0);
  });
  frozen.freeze();
  await system.addApp();
  await system.sandbox.settings({ latencyMs: 4_000 });
  await until(
    'the other process to have taken the work over',
    () => isHeldByAnother(system, frozenWorker),
    30_000,
  );
  const [clock] = await system.facts.query<{ now: Date }>('select now()');
  frozen.thaw();
  const fromFrozen = async (): Promise<AttemptFact[]> =>
    (await system.facts.attempts()).filter(
      ({ worker, step, startedAt }) =>
        worker === frozenWorker && step === 'upsert-contact' && startedAt < clock!.now,
    );
  await until('the first one’s outcomes to be discarded or recorded', async () => {
    const discarded = frozen.log().split('its outcome is discarded').length - 1;
    return discarded + (await fromFrozen()).length >= submissions.length;
  });
  await system.sandbox.settings({ latencyMs: 0 });
  await expectEachOutcomeOnce(system, submissions);
  return fromFrozen();
}

async function isHeldByAnother(system: System, worker: string): Promise<boolean> {
  const held = await system.facts.query(
    `select from messaging.deliveries where state = 'leased' and owner <> $1`,
    [worker],
  );
  return held.length > 0;
}

describe('several processes', () => {
  it(
    '21 a worker that is frozen past its lease: its late outcomes are discarded',
    options,
    async (context) => {
      expect(await freezePastTheLease(context, {})).toEqual([]);
    },
  );

  it(
    '21 without the fence its late outcomes are written, so the guard is what keeps them out',
    options,
    async (context) => {
      expect(await freezePastTheLease(context, { SIGNALBOX_BROKEN_GUARDS: 'fence' })).not.toEqual([]);
    },
  );

  it('23 one of two is killed in the middle of its work: the other one ends it', options, async (context) => {
    const system = await systemUnderTest(context);
    const second = await system.addApp();
    const worker = await workerIdOf(system, second.pid);
    await system.sandbox.settings({ latencyMs: 300 });
    const submissions = someSubmissions(60);
    const sending = system.sender.deliverAll(submissions);
    await until('the second one to hold leases', async () => {
      const held = await system.facts.query(`select from messaging.deliveries where owner = $1`, [worker]);
      return held.length > 0;
    });
    await second.kill();
    const died = performance.now();
    await sending;
    await expectEachOutcomeOnce(system, submissions);
    expect(performance.now() - died).toBeLessThan(recoveryMs);
  });

  it(
    '25 a payload that kills its process: a dead letter after two crashes, its neighbours flow',
    options,
    async (context) => {
      const [poison, ...neighbours] = someSubmissions(21);
      const marker = String(poison!.data['message']);
      const preload = new URL('fixtures/poison.mjs', import.meta.url).href;
      const env = { NODE_OPTIONS: `--import ${preload}`, POISON: marker };
      const system = await systemUnderTest(context, { env, leaseSeconds: longLease });
      const sent = [poison!, ...neighbours];
      const sending = system.sender.deliverAll(sent);
      let crashes = 0;
      const supervise = async (): Promise<void> => {
        while (crashes < 2) {
          await system.app.crashed();
          crashes += 1;
          await system.app.start();
        }
      };
      await supervise();
      await sending;
      await expectEachOutcomeOnce(system, sent, { stuck: 1 });
      const { open } = await system.facts.read();
      expect(open).toMatchObject([{ kind: 'dead letter', state: 'MESSAGING.CRASHED_TWICE' }]);
      expect(system.app.isRunning, 'no third crash').toBe(true);
    },
  );

  it('27 one webhook 50 times at once over two processes: one run', options, async (context) => {
    const system = await systemUnderTest(context);
    await system.addApp();
    const [submission] = someSubmissions(1);
    const answers = await Promise.all(Array.from({ length: 50 }, () => system.sender.deliver(submission!)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 202));
    expect(new Set(answers.map(({ body }) => body['id'])).size, 'ids answered').toBe(1);
    expect(answers.filter(({ body }) => body['duplicate'] === false)).toHaveLength(1);
    await expectEachOutcomeOnce(system, [submission!]);
  });

  it('28 an older submission that comes late does not overwrite a newer one', options, async (context) => {
    const system = await systemUnderTest(context, {
      leaseSeconds: longLease,
      firstEnv: { SIGNALBOX_CRASH_POINT: 'leased' },
    });
    const [older] = someSubmissions(1);
    const newer = followUp(older!, random);
    const sending = system.sender.deliver(older!);
    await system.app.crashed();
    await system.app.start();
    await sending;
    await system.sender.deliver(newer);
    await expectEachOutcomeOnce(system, [older!, newer]);
  });
});
