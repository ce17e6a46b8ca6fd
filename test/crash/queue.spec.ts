import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  expectEachOutcomeOnce,
  redisUnderTest,
  someSubmissions,
  systemUnderTest,
  withRedis,
} from './support.ts';

const options = { timeout: 150_000 };

describe.skipIf(withRedis.skip)(`a Redis that loses everything${withRedis.note}`, () => {
  it('17 FLUSHALL again and again while work flows: nothing is lost', options, async (context) => {
    const redis = await redisUnderTest(context);
    const system = await systemUnderTest(context, { redisUrl: redis.url });
    await system.addApp();
    await system.sandbox.settings({ latencyMs: 100 });
    const submissions = someSubmissions(80);
    let isSending = true;
    const sending = system.sender.deliverAll(submissions, 4).finally(() => (isSending = false));
    let lost = 0;
    while (isSending) {
      lost += await redis.size();
      await redis.flushAll();
      await sleep(50);
    }
    await sending;
    await redis.flushAll();
    await expectEachOutcomeOnce(system, submissions);
    expect(lost, 'keys that were flushed').toBeGreaterThan(0);
  });

  it(
    '18 killed without persistence: events are taken and end while it is away, and after',
    options,
    async (context) => {
      const redis = await redisUnderTest(context);
      const system = await systemUnderTest(context, { redisUrl: redis.url });
      const before = someSubmissions(20);
      const away = someSubmissions(20);
      const after = someSubmissions(20);
      const sending = system.sender.deliverAll(before);
      await redis.kill();
      await sending;
      await system.sender.deliverAll(away);
      await expectEachOutcomeOnce(system, [...before, ...away]);
      expect([...system.sender.counts.keys()], 'answers').toEqual([202]);
      await redis.startAgain();
      await system.sender.deliverAll(after);
      await expectEachOutcomeOnce(system, [...before, ...away, ...after]);
      expect(system.app.isRunning).toBe(true);
    },
  );

  it('18 while it is away, a process that is asked to end does so in order', options, async (context) => {
    const redis = await redisUnderTest(context);
    const system = await systemUnderTest(context, { redisUrl: redis.url });
    await redis.kill();
    await system.sender.deliverAll(someSubmissions(3));
    await system.settled();
    expect(await system.app.stop(30_000)).toEqual({ code: 0, signal: null });
  });
});
