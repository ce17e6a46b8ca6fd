import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addDays, dateIn } from '../../src/shared/calendar/zones.js';
import { DunningWorld } from '../support/dunning-world.js';
import { withPolicy } from '../support/dunning.js';
import { until } from '../support/until.js';
import { AppProcess } from '../system/app-process.js';
import { freePorts } from '../system/ports.js';

const world = new DunningWorld();
beforeAll(() => world.start(), 60_000);
afterAll(() => world.stop());

it('a process that is killed while a run waits for a week: another one goes on weeks later', async () => {
  const today = dateIn('Europe/London', new Date());
  await world.reset(new Date().toISOString());
  const always = { from: '00:00', until: '00:00', workingDaysOf: null };
  await world.policy(withPolicy({ quietHours: always }));
  await world.spine.stop();

  const folder = await mkdtemp(join(tmpdir(), 'signalbox-waits-'));
  const [port = 0] = await freePorts(1);
  const env = {
    ...{ DATABASE_URL: world.db.url, DIRECT_DATABASE_URL: world.db.url, SIGNALBOX_DB_POOL: '5' },
    ...{ SIGNALBOX_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'), SIGNALBOX_FLOW_MODE: 'live' },
    ...{ SIGNALBOX_DATA_DIR: join(folder, 'data'), SIGNALBOX_LEASE_SECONDS: '3' },
    ...(await world.env()),
  };
  const app = new AppProcess(port, { name: 'app', env, logFile: join(folder, 'app.log') });
  const debtor = await world.debtor();
  await world.issue(debtor, addDays(today, -6));
  try {
    // Nobody tells it: its scan finds the invoice, half a minute after it has started.
    await app.start();
    await until('the run waits', async () => (await step()) === 'wait', 60_000);
    await app.kill();
  } finally {
    await app.kill();
    await rm(folder, { recursive: true, force: true });
  }
  expect(await world.subjects(debtor)).toHaveLength(1);

  world.clock.advance(23 * 86_400_000);
  await world.begin();
  await until('the second reminder', async () => (await world.subjects(debtor)).length > 1);
  await world.at(debtor, 'wait');
  expect((await world.subjects(debtor)).map((subject) => subject.slice(0, 10))).toEqual([
    'A reminder',
    'Payment ov',
  ]);
  expect(await world.runs(debtor)).toHaveLength(1);
}, 120_000);

async function step(): Promise<string | undefined> {
  const [run] = await world.db.database.query<{ step: string }>(
    `select step from flow.runs where flow = 'overdue-invoice' and status = 'running'`,
  );
  return run?.step;
}
