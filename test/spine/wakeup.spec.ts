import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Wakeups } from '../../src/shared/messaging/wakeups.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { carrier, order, sampleHandlers, shipping } from '../support/sample-flow.js';
import { Spine } from '../support/spine.js';
import { until } from '../support/until.js';

const redisBinary = ['/usr/bin/redis-server', '/usr/local/bin/redis-server'].find((path) => existsSync(path));
const required = process.env['TEST_REDIS'] === 'required';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

let redis: { url: string; process: ChildProcess; dir: string } | undefined;

beforeAll(async () => {
  if (!redisBinary) return;
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), 'signalbox-redis-'));
  const process = spawn(
    redisBinary,
    ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', dir],
    {
      stdio: 'ignore',
    },
  );
  redis = { url: `redis://127.0.0.1:${port}`, process, dir };
});
afterAll(() => {
  redis?.process.kill('SIGKILL');
  if (redis) rmSync(redis.dir, { recursive: true, force: true });
});

it.runIf(required)('Redis is on this machine, as this run requires', () => {
  expect(redisBinary).toBeDefined();
});

describe.each([
  ['PostgreSQL', () => ({})],
  ['Redis', () => ({ REDIS_URL: redis?.url ?? '' })],
])('a wake-up through %s', (backend, env) => {
  let db: TestDatabase;
  let gateway: Spine;
  let worker: Spine;
  const runs = backend === 'PostgreSQL' || redisBinary !== undefined;

  beforeAll(async () => {
    if (!runs) return;
    db = await testDatabase();
    const options = { db, flows: [shipping], handlers: sampleHandlers };
    worker = await Spine.start({ ...options, env: { ...env(), SIGNALBOX_ROLES: 'worker' } });
    gateway = await Spine.start({ ...options, env: { ...env(), SIGNALBOX_ROLES: 'gateway' } });
  });
  afterAll(async () => {
    if (!runs) return;
    await gateway.stop();
    await worker.stop();
    await db.close();
  });
  beforeEach(() => carrier.reset());

  it.skipIf(!runs)(
    `reaches a worker in another process sooner than its poll${runs ? '' : ' (skipped: no redis-server)'}`,
    async () => {
      const took: number[] = [];
      for (let n = 0; n < 10; n += 1) {
        const started = performance.now();
        await gateway.state([order(`w-${n}`)]);
        await until('it is shipped', () => carrier.sends.includes(`w-${n}`));
        took.push(performance.now() - started);
      }
      // The poll comes once a second: without the queue the median would be about half of that.
      expect(took.sort((a, b) => a - b)[4]).toBeLessThan(400);
    },
  );

  it.skipIf(!runs)(
    `that gets lost loses nothing: the poll finds the work${runs ? '' : ' (skipped: no redis-server)'}`,
    async () => {
      const silent = { signal: () => undefined };
      const wakeups = gateway.get(Wakeups);
      const { signal } = wakeups;
      wakeups.signal = silent.signal;
      try {
        await gateway.state([order('lost')]);
        await until('it is shipped', () => carrier.sends.includes('lost'));
      } finally {
        wakeups.signal = signal;
      }
    },
  );
});
