import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadOrder, LoadRecord } from '../load.ts';
import { HttpConnection } from './connection.ts';
import { signedRequests } from './requests.ts';

/** A process that sends: all requests are built and signed before the first one leaves. */

const order = JSON.parse(process.argv[2] ?? '{}') as LoadOrder;
const { hostname, port, host } = new URL(order.url);
const requests = signedRequests({ ...order, host }, order.count);
const record: LoadRecord = { statuses: {}, duplicates: 0, durations: [], seconds: 0 };
let next = 0;

async function sendNext(connection: HttpConnection): Promise<void> {
  const request = requests[next] as Buffer;
  next += 1;
  const begun = performance.now();
  const { status, body } = await connection.send(request);
  record.durations.push(Math.round((performance.now() - begun) * 100) / 100);
  record.statuses[status] = (record.statuses[status] ?? 0) + 1;
  if (body.includes('"duplicate":true')) record.duplicates += 1;
}

/** Sends the next one as soon as the last is answered, until there is none left or the time is up. */
async function sendInTurn(connection: HttpConnection, until: number): Promise<void> {
  while (next < requests.length && performance.now() < until && connection.isOpen) await sendNext(connection);
}

/** Sends so many a second, whether or not the earlier ones are answered, as long as a connection is free. */
async function sendPaced(connections: HttpConnection[], rate: number, until: number): Promise<void> {
  const begun = performance.now();
  const free = [...connections];
  while (next < requests.length && performance.now() < until) {
    const due = begun + (next * 1000) / rate - performance.now();
    if (due > 0) await sleep(due);
    const connection = free.pop();
    if (!connection) await sleep(1);
    else void sendNext(connection).finally(() => free.push(connection));
  }
  while (free.length < connections.length && performance.now() < until) await sleep(1);
}

const connections: HttpConnection[] = [];
for (let i = 0; i < order.connections; i += 1) {
  connections.push(await HttpConnection.open(hostname, Number(port)));
}
const begun = performance.now();
const until = begun + order.seconds * 1000;
if (order.perSecond !== undefined) await sendPaced(connections, order.perSecond, until);
else await Promise.all(connections.map((connection) => sendInTurn(connection, until)));
record.seconds = (performance.now() - begun) / 1000;
for (const connection of connections) connection.close();
process.stdout.write(JSON.stringify(record));
