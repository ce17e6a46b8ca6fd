import { setTimeout as sleep } from 'node:timers/promises';
import { HttpConnection } from './connection.ts';
import { requestSigner } from './requests.ts';

/** What a process is to send that behaves as a provider does: what was not answered with 2xx is sent again. */
export interface RetryingOrder {
  readonly url: string;
  readonly path: string;
  readonly secret: string;
  readonly tag: string;
  readonly seed: number;
  readonly connections: number;
  /** For so long new requests are sent. What is unanswered then is tried for another minute. */
  readonly seconds: number;
}

export interface RetryingRecord {
  /** Distinct requests: those of the indexes below it. */
  readonly sent: number;
  /** Indexes of those that were never answered with 2xx. */
  readonly unanswered: readonly number[];
  /** How often a request was sent another time. */
  readonly sentAgain: number;
  /** Of those: answered as a duplicate, so it was the answer that had been lost. */
  readonly knownAgain: number;
  /** Answered as a duplicate though it was sent once. */
  readonly falseDuplicates: number;
  readonly seconds: number;
}

const order = JSON.parse(process.argv[2] ?? '{}') as RetryingOrder;
const { hostname, port, host } = new URL(order.url);
const sign = requestSigner({ ...order, host });
const begun = performance.now();
const end = begun + order.seconds * 1000;
const giveUp = end + 60_000;
const pauseMs = 50;
const unanswered: number[] = [];
const counts = { sent: 0, sentAgain: 0, knownAgain: 0, falseDuplicates: 0 };

/** @returns undefined when nobody listens until the end */
async function open(): Promise<HttpConnection | undefined> {
  while (performance.now() < giveUp) {
    try {
      return await HttpConnection.open(hostname, Number(port));
    } catch {
      await sleep(pauseMs);
    }
  }
  return undefined;
}

async function sendInTurn(): Promise<void> {
  let connection = await open();
  while (performance.now() < end) {
    const index = counts.sent;
    counts.sent += 1;
    connection = await deliver(sign(index, new Date()), index, connection);
  }
  connection?.close();
}

/** Sends one request until it is answered with 2xx. @returns the connection to go on with */
async function deliver(
  request: Buffer,
  index: number,
  connection: HttpConnection | undefined,
): Promise<HttpConnection | undefined> {
  for (let attempt = 1; performance.now() < giveUp; attempt += 1) {
    const current: HttpConnection | undefined = connection?.isOpen ? connection : await open();
    if (!current) break;
    if (attempt > 1) counts.sentAgain += 1;
    const { status, body } = await current.send(request);
    connection = current;
    if (status >= 200 && status < 300) {
      if (body.includes('"duplicate":true')) counts[attempt > 1 ? 'knownAgain' : 'falseDuplicates'] += 1;
      return current;
    }
    await sleep(pauseMs);
  }
  unanswered.push(index);
  return connection;
}

await Promise.all(Array.from({ length: order.connections }, sendInTurn));
const record: RetryingRecord = { ...counts, unanswered, seconds: (performance.now() - begun) / 1000 };
process.stdout.write(JSON.stringify(record));
