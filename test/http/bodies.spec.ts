import { connect } from 'node:net';
import { defaultBodyLimits } from '../../src/shared/http/bodies.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { startApplication, type TestApplication } from './application.js';
import { Hooks, Things } from './sample-controllers.js';

let db: TestDatabase;
let t: TestApplication;
let headers: Record<string, string>;

beforeAll(async () => {
  db = await testDatabase();
  t = await startApplication({
    database: db.database,
    controllers: [Things, Hooks],
    http: {
      isBehindTls: true,
      bodies: { ...defaultBodyLimits, byPath: { '/webhooks/large': 3 * 1024 * 1024 } },
    },
  });
  const { authorization } = await t.keyWith('viewer', 'editor');
  headers = { authorization };
});
afterAll(async () => {
  await t?.close();
  await db?.close();
});

const json = { 'content-type': 'application/json' };
const post = (payload: string | Buffer, extra: Record<string, string> = json) =>
  t.app.inject({ method: 'POST', url: '/admin/v1/things', headers: { ...headers, ...extra }, payload });

describe('bodies', () => {
  it.each([
    ['broken JSON', '{"a":'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['a repeated key', '{"title":"a","title":"b","parts":[]}'],
    ['__proto__', '{"title":"a","parts":[],"__proto__":{"admin":true}}'],
    ['an escaped __proto__', '{"title":"a","parts":[],"\\u005f_proto__":{"admin":true}}'],
    ['constructor.prototype', '{"constructor":{"prototype":{"a":1}}}'],
    ['half a surrogate pair', '{"title":"\\ud800","parts":[]}'],
    ['33 levels', '['.repeat(33) + ']'.repeat(33)],
    ['100,000 levels', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['too many members', `[${'1,'.repeat(30_000)}1]`],
  ])('refuses %s with 400', async (_, payload) => {
    const answer = await post(payload);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'HTTP.MALFORMED' });
  });

  it.each([
    ['another media type', { 'content-type': 'text/plain' }],
    ['no media type', {}],
    ['a media type that is none', { 'content-type': 'json' }],
    ['another charset', { 'content-type': 'application/json; charset=utf-16' }],
    ['compression', { ...json, 'content-encoding': 'gzip' }],
  ])('refuses %s with 415', async (_, extra) => {
    const answer = await post('{"title":"a","parts":[]}', extra);
    expect(answer.statusCode).toBe(415);
    expect(answer.json()).toMatchObject({ code: 'HTTP.MEDIA_TYPE_UNSUPPORTED' });
  });

  it('validates, and so has parsed, 32 levels', async () => {
    const answer = await post('['.repeat(32) + ']'.repeat(32));
    expect(answer.json()).toMatchObject({ status: 400, code: 'HTTP.VALIDATION_FAILED' });
  });

  it('accepts JSON as it should be', async () => {
    const answer = await post('{"title":"a: \\"{[,","parts":[]}', {
      'content-type': 'application/json; charset="UTF-8"',
    });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual({ title: 'a: "{[,', parts: [] });
  });

  it('unauthenticated callers learn nothing about their body', async () => {
    const answer = await t.app.inject({
      method: 'POST',
      url: '/admin/v1/things',
      headers: json,
      payload: '{',
    });
    expect(answer.statusCode).toBe(401);
  });

  it('webhooks get the bytes, whatever they are said to be', async () => {
    for (const type of [
      'application/json',
      'application/x-www-form-urlencoded',
      'message/rfc822',
      'x/y',
      undefined,
    ]) {
      const extra = type === undefined ? {} : { 'content-type': type };
      const payload = Buffer.from([0x7b, 0x00, 0xff, 0x0a]);
      const answer = await t.app.inject({ method: 'POST', url: '/webhooks/raw', headers: extra, payload });
      expect(answer.json()).toEqual({ length: 4, hex: '7b00ff0a' });
    }
    const empty = await t.app.inject({ method: 'POST', url: '/webhooks/raw' });
    expect(empty.json()).toEqual({ length: 0, hex: '' });
  });

  it('large bodies are 413, stated or streamed; some paths may be sent more', async () => {
    const send = (url: string, size: number) =>
      t.app.inject({ method: 'POST', url, headers: { 'content-type': 'x/y' }, payload: Buffer.alloc(size) });
    expect((await send('/webhooks/raw', 1024 * 1024)).statusCode).toBe(201);
    expect((await send('/webhooks/raw', 1024 * 1024 + 1)).json()).toMatchObject({
      status: 413,
      code: 'HTTP.TOO_LARGE',
    });
    expect((await send('/webhooks/large', 3 * 1024 * 1024)).statusCode).toBe(201);
    expect((await send('/webhooks/large', 3 * 1024 * 1024 + 1)).statusCode).toBe(413);
  });

  it('streamed bodies without a length are bounded as well', async () => {
    await t.app.listen(0, '127.0.0.1');
    const address = await t.app.getUrl();
    const stream = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 33; i++) controller.enqueue(new Uint8Array(64 * 1024));
        controller.close();
      },
    });
    const answer = await fetch(`${address}/webhooks/raw`, {
      method: 'POST',
      body: stream,
      duplex: 'half',
    });
    expect(answer.status).toBe(413);
  });

  it('what is no HTTP, or has headers without end, gets a problem and the end of the connection', async () => {
    const { port } = new URL(await t.app.getUrl());
    expect(await raw(Number(port), 'NONSENSE\r\n\r\n')).toMatch(
      /^HTTP\/1.1 400 [^]*problem\+json[^]*HTTP.MALFORMED/,
    );
    const many = `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`;
    expect(await raw(Number(port), many)).toMatch(/^HTTP\/1.1 431 /);
  });
});

function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
