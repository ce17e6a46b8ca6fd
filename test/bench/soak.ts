import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { until } from '../support/until.ts';
import type { AppProcess } from '../system/app-process.ts';
import { Ledger } from './ledger.ts';
import { runNode } from './load.ts';
import type { RetryingOrder, RetryingRecord } from './load/retrying.ts';
import { growthOf, sampled, samplerEnvironment } from './memory/samples.ts';
import type { Growth } from './memory/samples.ts';
import type { BenchOptions } from './options.ts';
import { round } from './statistics.ts';
import type { World } from './world.ts';

export interface SoakResult {
  readonly connections: number;
  readonly seconds: number;
  /** Answered with 2xx while memory was sampled. */
  readonly accepted: number;
  readonly perSecond: number;
  readonly samples: number;
  readonly resident: Growth;
  readonly heap: Growth;
  readonly killed: Killed;
  /** Answered with 2xx, before or after a kill, without the row or without its event. */
  readonly lost: number;
  /** Rows or events beyond one of each request, and requests that were answered as duplicates at their first try. */
  readonly duplicates: number;
}

interface Killed {
  readonly kills: number;
  readonly accepted: number;
  readonly sentAgain: number;
  readonly knownAgain: number;
  /** The longest time from a kill to the first answer of the next process. */
  readonly downMs: number;
}

interface Plan {
  readonly seconds: number;
  readonly everyMs: number;
  readonly kills: number;
  /** From the start, or a restart, to the next kill; and from the last restart to the end. */
  readonly betweenSeconds: number;
}

const sender = fileURLToPath(new URL('./load/retrying.ts', import.meta.url));
const connections = 64;
const memoryTag = 'soak';
const killTag = 'kill';

/**
 * Sends at full speed for two minutes and looks at the memory of the process; then sends on while the process is
 * killed and started again, and looks for the row of each event that was answered with 2xx.
 */
export async function soak(world: World, options: BenchOptions): Promise<SoakResult> {
  const { seconds, everyMs, ...kills } = planOf(options);
  const file = join(world.dir, 'soak.memory');
  const ledger = new Ledger(await world.createDatabase('soak'));
  const env = samplerEnvironment(file);
  const app = await world.app({ name: 'soak', database: 'soak', roles: 'gateway,admin', env });
  await app.start();
  const order = { ...{ url: app.url, path: '/webhooks/forms/contact', connections }, seed: options.seed };
  const send = (tag: string, forSeconds: number): Promise<RetryingRecord> =>
    sendRetrying({ ...order, secret: world.secret, tag, seconds: forSeconds });
  const { value, samples } = await sampled({ pid: app.pid, file, everyMs }, () => send(memoryTag, seconds));
  const { record, downMs } = await killing(app, kills, (forSeconds) => send(killTag, forSeconds));
  const checks = [await checked(ledger, memoryTag, value), await checked(ledger, killTag, record)];
  await ledger.close();
  await app.stop();
  return {
    ...{ connections, seconds: round(value.seconds, 1), accepted: acceptedOf(value) },
    perSecond: round(acceptedOf(value) / value.seconds),
    samples: samples.length,
    resident: growthOf(samples.map(({ resident }) => resident)),
    heap: growthOf(samples.map(({ heap }) => heap)),
    killed: { kills: kills.kills, accepted: acceptedOf(record), downMs, ...againOf(record) },
    lost: checks.reduce((sum, { lost }) => sum + lost, 0),
    duplicates: checks.reduce((sum, { duplicates }) => sum + duplicates, 0),
  };
}

function planOf({ short }: BenchOptions): Plan {
  if (short) return { seconds: 6, everyMs: 500, kills: 1, betweenSeconds: 2 };
  return { seconds: 120, everyMs: 3_000, kills: 3, betweenSeconds: 8 };
}

/** Kills and starts again while a sender sends; the sender goes on for a while after the last start. */
async function killing(
  app: AppProcess,
  { kills, betweenSeconds }: Pick<Plan, 'kills' | 'betweenSeconds'>,
  send: (seconds: number) => Promise<RetryingRecord>,
): Promise<{ record: RetryingRecord; downMs: number }> {
  const sending = send((kills + 1) * betweenSeconds);
  let downMs = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    await sleep(betweenSeconds * 1000);
    const begun = performance.now();
    await app.kill();
    app.launch();
    // Not until it is ready: nobody works on what was accepted, and the lag of the relay alone keeps it from that.
    await until('the process to answer', async () => (await app.probe('live')) === 200, 60_000);
    downMs = Math.max(downMs, round(performance.now() - begun));
  }
  return { record: await sending, downMs };
}

async function sendRetrying(order: RetryingOrder): Promise<RetryingRecord> {
  return JSON.parse(await runNode(sender, order, (order.seconds + 120) * 1000)) as RetryingRecord;
}

function acceptedOf({ sent, unanswered }: RetryingRecord): number {
  return sent - unanswered.length;
}

function againOf({ sentAgain, knownAgain }: RetryingRecord): Pick<Killed, 'sentAgain' | 'knownAgain'> {
  return { sentAgain, knownAgain };
}

/** Compares what a sender was told with what is there. */
async function checked(
  ledger: Ledger,
  tag: string,
  { sent, unanswered, falseDuplicates }: RetryingRecord,
): Promise<{ lost: number; duplicates: number }> {
  const [row] = await ledger.rows<{ lost: number; more: number }>(
    `with found as (
       select i.delivery_key as key, count(*) as times, count(m.id) as events
       from intake.inbound i left join messaging.messages m on m.id = i.message_id
       where i.delivery_key like $1 || '%' group by i.delivery_key)
     select count(*) filter (where coalesce(events, 0) = 0 and not n = any($3::int[]))::int as lost,
       coalesce(sum(greatest(times, events) - 1) filter (where times > 1 or events > 1), 0)::int as more
     from generate_series(0, $2::int - 1) n left join found on found.key = $1 || n`,
    [`contact:msg_${tag}_`, sent, unanswered],
  );
  if (!row) throw new Error('the rows of the soak could not be counted');
  return { lost: row.lost, duplicates: row.more + falseDuplicates };
}
