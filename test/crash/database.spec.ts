import { describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import type { System } from '../system/system.ts';
import { expectEachOutcomeOnce, someSubmissions, systemUnderTest, systemWithOwnPostgres } from './support.ts';

const options = { timeout: 150_000 };

const cutAll = `
  select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and backend_type = 'client backend' and application_name <> 'facts'`;

/** Cuts every session of the application, and says how many there were. */
async function cutSessions(system: System): Promise<number> {
  return (await system.facts.query(cutAll)).length;
}

describe('a PostgreSQL that goes away', () => {
  it('11 every session is cut again and again under load: nothing is lost', options, async (context) => {
    const system = await systemUnderTest(context);
    await system.sandbox.settings({ latencyMs: 50 });
    const submissions = someSubmissions(120);
    const sending = system.sender.deliverAll(submissions, 8);
    let cut = 0;
    for (const share of [0.2, 0.4, 0.6, 0.8]) {
      await until(
        'some more to be accepted',
        () => system.sender.accepted.size >= submissions.length * share,
        90_000,
      );
      cut += await cutSessions(system);
    }
    await sending;
    cut += await cutSessions(system);
    await expectEachOutcomeOnce(system, submissions);
    expect(cut, 'sessions that were cut').toBeGreaterThan(5);
    expect([...system.sender.counts.keys()].sort(), 'answers').toEqual([202, 503]);
    expect(system.app.isRunning).toBe(true);
  });

  it(
    '12 stopped: 503 in time and not ready, yet live; started again, it goes on',
    options,
    async (context) => {
      const system = await systemWithOwnPostgres(context);
      const [first, second] = [someSubmissions(20), someSubmissions(5)];
      await system.sender.deliverAll(first);
      await system.postgres!.stop();
      const refused = await Promise.all(second.map((submission) => system.sender.send(submission)));
      expect(refused.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
      expect(Math.max(...refused.map(({ tookMs }) => tookMs))).toBeLessThan(2_500);
      expect(await system.app.probe('live')).toBe(200);
      await until(
        'the process to say that it is not ready',
        async () => (await system.app.probe('ready')) === 503,
        5_000,
      );
      await system.postgres!.startAgain();
      await system.app.waitReady();
      await system.sender.deliverAll(second);
      await expectEachOutcomeOnce(system, [...first, ...second]);
      expect(system.app.isRunning).toBe(true);
    },
  );

  it('10 stopped at once under load: what was accepted is there', options, async (context) => {
    const system = await systemWithOwnPostgres(context);
    await system.sandbox.settings({ latencyMs: 50 });
    const submissions = someSubmissions(80);
    const sending = system.sender.deliverAll(submissions, 8);
    await until('half to be accepted', () => system.sender.accepted.size >= submissions.length / 2, 60_000);
    await system.postgres!.stopImmediately();
    await system.postgres!.startAgain();
    await sending;
    await expectEachOutcomeOnce(system, submissions);
    expect(system.app.isRunning).toBe(true);
  });
});
