import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/until.ts';
import type { AppProcess } from '../system/app-process.ts';
import { signedRequests } from './load/requests.ts';
import { HttpConnection } from './load/connection.ts';
import { residentMb } from './machine.ts';
import type { BenchOptions } from './options.ts';
import { median, round } from './statistics.ts';
import type { World } from './world.ts';

/** Times since the process was started, in milliseconds; medians where there were several starts. */
export interface StartResult {
  readonly starts: number;
  /** With an empty database, which it migrates. */
  readonly firstReadyMs: number;
  readonly readyMs: number;
  /** Until a signed webhook was answered with 202. */
  readonly firstWebhookMs: number;
  /** The embedded profile with its PostgreSQL and its sandbox, as `npm start` brings it up a second time. */
  readonly embeddedReadyMs: number;
  /** Resident memory five seconds after it was ready, with nothing to do. */
  readonly residentMb: number;
}

const restMs = 5_000;

export async function start(world: World, options: BenchOptions): Promise<StartResult> {
  await world.createDatabase('start');
  const app = await world.app({ name: 'start', database: 'start', roles: 'all' });
  const first = await startOnce(world, app, 0);
  const starts = options.short ? 2 : 4;
  const times = [];
  for (let i = 1; i <= starts; i += 1) {
    await app.stop();
    times.push(await startOnce(world, app, i));
  }
  await sleep(restMs);
  const memory = residentMb(app.pid);
  await app.stop();
  return {
    ...{ starts, firstReadyMs: first.ready, residentMb: memory },
    readyMs: median(times.map(({ ready }) => ready)),
    firstWebhookMs: median(times.map(({ webhook }) => webhook)),
    embeddedReadyMs: await embedded(world),
  };
}

async function startOnce(
  { secret }: World,
  app: AppProcess,
  turn: number,
): Promise<{ ready: number; webhook: number }> {
  const url = new URL(app.url);
  const options = { host: url.host, path: '/webhooks/forms/contact', secret, tag: `s${turn}`, seed: 1 };
  const [request = Buffer.alloc(0)] = signedRequests(options, 1);
  const begun = performance.now();
  app.launch();
  const answered = until('a webhook to be answered', async () => {
    const connection = await HttpConnection.open(url.hostname, Number(url.port)).catch(() => undefined);
    const answer = await connection?.send(request);
    connection?.close();
    return answer?.status === 202;
  });
  const webhook = answered.then(() => performance.now() - begun);
  await app.waitReady();
  const ready = performance.now() - begun;
  return { ready: round(ready), webhook: round(await webhook) };
}

/** The second start of everything in one data directory. */
async function embedded(world: World): Promise<number> {
  const own = ['DATABASE_URL', 'HUBSPOT_BASE_URL', 'HUBSPOT_ACCESS_TOKEN', 'SIGNALBOX_SANDBOX_URL'];
  const env = Object.fromEntries(own.map((name) => [name, '']));
  const app = await world.app({ name: 'embedded', database: 'start', roles: 'all', env });
  await app.start();
  await app.stop();
  const begun = performance.now();
  await app.start();
  const took = performance.now() - begun;
  await app.stop();
  return round(took);
}
