import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULT_SECRET } from '../../sandbox/providers/endpoint/settings.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { at, freshSandbox, SandboxUnderTest } from './support.ts';

interface Sending {
  id?: string;
  key?: string;
  secret?: string;
  sentAt?: Date;
  data?: unknown;
  resume?: { url?: string; key: string };
}

/** Posts as a sender does that signs by the reference implementation of Standard Webhooks. */
async function post(
  sandbox: SandboxUnderTest,
  { id = 'msg_1', key, secret = DEFAULT_SECRET, sentAt = new Date(), data = {}, resume }: Sending = {},
) {
  const body = JSON.stringify({ type: 'sample.made', timestamp: '2026-11-20T12:00:00Z', data, resume });
  const answer = await fetch(`${sandbox.sandbox.url}/endpoint/sample`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign(id, sentAt, body),
      ...(key && { 'idempotency-key': key }),
    },
    body,
  });
  return {
    status: answer.status,
    body: await answer.json(),
    replayed: answer.headers.get('idempotent-replayed'),
  };
}

const calls = async (sandbox: SandboxUnderTest) => (await sandbox.admin('GET', '/endpoint/calls')).body;

describe('the endpoint simulator', () => {
  it('carries out what is signed, and shows it', async () => {
    const sandbox = await freshSandbox();
    expect(await post(sandbox, { data: { order: 7 } })).toMatchObject({ status: 200, body: { number: 1 } });
    const page = await fetch(`${sandbox.sandbox.url}/_sandbox`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('msg_1');
    expect(at(await calls(sandbox), 'calls.0')).toMatchObject({
      endpoint: 'sample',
      id: 'msg_1',
      body: { data: { order: 7 } },
    });
  });

  it.each([
    ['another secret', { secret: `whsec_${Buffer.alloc(32, 9).toString('base64')}` }, 'signature_mismatch'],
    ['a time that is too old', { sentAt: new Date(Date.now() - 600_000) }, 'timestamp_too_far'],
    ['a time that is too far ahead', { sentAt: new Date(Date.now() + 600_000) }, 'timestamp_too_far'],
  ])('refuses %s', async (_, sending, error) => {
    const sandbox = await freshSandbox();
    expect(await post(sandbox, sending)).toMatchObject({ status: 401, body: { error } });
    expect(await calls(sandbox)).toMatchObject({ total: 0, refused: { [error]: 1 } });
  });

  it('refuses what is not signed at all', async () => {
    const sandbox = await freshSandbox();
    const answer = await fetch(`${sandbox.sandbox.url}/endpoint/sample`, { method: 'POST', body: '{}' });
    expect([answer.status, await answer.json()]).toEqual([401, { error: 'signature_missing' }]);
  });

  it('answers a key that it knows as the first time, and does nothing', async () => {
    const sandbox = await freshSandbox();
    const first = await post(sandbox, { key: 'k' });
    const second = await post(sandbox, { key: 'k' });
    expect(second).toEqual({ ...first, replayed: 'true' });
    expect(await post(sandbox, { key: 'k', data: { other: true } })).toMatchObject({ status: 422 });
    expect(await calls(sandbox)).toMatchObject({ total: 1, calls: [{ repeats: 1 }] });
  });

  it('is busy with a key while it works on it', async () => {
    const sandbox = await freshSandbox();
    await sandbox.admin('PUT', '/endpoint/settings', { latencyMs: 300 });
    const first = post(sandbox, { key: 'k' });
    await expect.poll(async () => at(await calls(sandbox), 'total')).toBe(1);
    expect(await post(sandbox, { key: 'k' })).toMatchObject({ status: 409, body: { error: 'in_progress' } });
    expect((await first).status).toBe(200);
    expect(await post(sandbox, { key: 'k' })).toMatchObject({ status: 200, replayed: 'true' });
  });

  it('that looks at no key does it again, and counts that', async () => {
    const sandbox = await freshSandbox();
    await sandbox.admin('PUT', '/endpoint/settings', { keyHours: 0 });
    await post(sandbox, { key: 'k' });
    await post(sandbox, { key: 'k' });
    const effects = at((await sandbox.admin('GET', '/effects')).body, 'providers.endpoint.calls');
    expect(effects).toMatchObject({ created: 2, duplicates: ['msg_1'] });
  });

  it('that is told to refuse does nothing', async () => {
    const sandbox = await freshSandbox();
    await sandbox.admin('PUT', '/endpoint/settings', { status: 422, body: { why: 'no' } });
    expect(await post(sandbox, { key: 'k' })).toMatchObject({ status: 422, body: { why: 'no' } });
    expect(await calls(sandbox)).toMatchObject({ total: 0 });
    expect((await sandbox.admin('PUT', '/endpoint/settings', { status: 99 })).status).toBe(400);
    expect((await sandbox.admin('PUT', '/endpoint/settings', { nonsense: 1 })).status).toBe(400);
  });

  it('a lost answer has been carried out; the same key gets the answer', async () => {
    const sandbox = await freshSandbox();
    await sandbox.admin('POST', '/endpoint/faults', { kind: 'reset-after', times: 1 });
    await expect(post(sandbox, { key: 'k' })).rejects.toThrow();
    expect(await post(sandbox, { key: 'k' })).toMatchObject({ body: { number: 1 }, replayed: 'true' });
  });

  it('answers later, by a CloudEvent that the reference implementation verifies', async () => {
    const sandbox = await freshSandbox();
    const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
    const received = receiveOne(secret);
    const told = { source: '/orders', type: 'com.example.decided', data: { approved: false } };
    const plan = { secret, delayMs: 20, ...told };
    await sandbox.admin('PUT', '/endpoint/reply', plan);
    await post(sandbox, { key: 'k', resume: { url: await received.url, key: 'order-7' } });
    const { event, headers } = await received.event;
    expect(headers['content-type']).toBe('application/cloudevents+json');
    expect(event).toMatchObject({
      ...{ specversion: '1.0', subject: 'order-7' },
      ...told,
    });
    await expect
      .poll(async () => at((await sandbox.admin('GET', '/endpoint/reply')).body, 'sent.0'))
      .toMatchObject({ subject: 'order-7', status: 202 });
  });

  it('answers when it is told to, as often as it is told to, by the same id', async () => {
    const sandbox = await freshSandbox();
    const secret = `whsec_${Buffer.alloc(32, 6).toString('base64')}`;
    const received = receiveOne(secret);
    const reply = { url: await received.url, secret, subject: 'order-8', id: 'reply-1' };
    expect((await sandbox.admin('POST', '/endpoint/reply/send', reply)).body).toMatchObject({
      status: 202,
      id: 'reply-1',
    });
    expect((await received.event).event).toMatchObject({ id: 'reply-1', subject: 'order-8' });
    expect(
      (await sandbox.admin('POST', '/endpoint/reply/send', { ...reply, url: 'http://127.0.0.1:1/' })).body,
    ).toMatchObject({ status: 0 });
    expect((await sandbox.admin('POST', '/endpoint/reply/send', { secret })).status).toBe(400);
  });

  it('keeps what it has done, and its keys, over a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-sandbox-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const dataFile = join(folder, 'journal.jsonl');
    const first = new SandboxUnderTest(await startSandbox({ dataFile }));
    await post(first, { key: 'k' });
    await post(first, { key: 'k' });
    const before = at(await calls(first), 'calls');
    await first.sandbox.close();
    const second = await freshSandbox({ dataFile });
    expect(at(await calls(second), 'calls')).toEqual(before);
    expect(await post(second, { key: 'k' })).toMatchObject({ body: { number: 1 }, replayed: 'true' });
    expect(await post(second, { key: 'other', id: 'msg_2' })).toMatchObject({ body: { number: 2 } });
  });
});

/** A server that takes one signed request. */
function receiveOne(secret: string) {
  const event = Promise.withResolvers<{ event: unknown; headers: IncomingMessage['headers'] }>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = request.headers;
      const verified = new Webhook(secret).verify(
        Buffer.concat(chunks).toString(),
        headers as Record<string, string>,
      );
      event.resolve({ event: verified, headers });
      response.writeHead(202).end();
    });
  });
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  const url = once(server, 'listening').then(
    () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
  );
  return { url, event: event.promise };
}
