import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { startApplication, type TestApplication } from './application.js';
import { Hooks, Things } from './sample-controllers.js';

let db: TestDatabase;
let t: TestApplication;
let headers: Record<string, string>;
const lines: string[] = [];

beforeAll(async () => {
  db = await testDatabase();
  const logs = { write: (line: string) => void lines.push(line) };
  t = await startApplication({
    database: db.database,
    controllers: [Things, Hooks],
    logs,
    http: { isBehindTls: true },
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

describe('problems', () => {
  it.each([
    ['invalid', 400],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['notFound', 404],
    ['conflict', 409],
    ['uncertain', 409],
    ['permanent', 422],
    ['transient', 503],
  ])('%s is %i', async (kind, status) => {
    const answer = await t.app.inject({ method: 'GET', url: `/admin/v1/things/failing/${kind}`, headers });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({
      type: '/docs/errors#TEST.FAILED',
      title: 'It failed.',
      status,
      code: 'TEST.FAILED',
      correlationId: answer.headers['x-request-id'],
      details: { hint: 'x' },
    });
    expect(answer.headers['retry-after']).toBe(kind === 'transient' ? '13' : undefined);
  });

  it.each(['unknown', 'thing'])(
    'a defect (%s) is 500 and tells nothing but the id to look for',
    async (kind) => {
      const answer = await t.app.inject({ method: 'GET', url: `/admin/v1/things/failing/${kind}`, headers });
      expect(answer.statusCode).toBe(500);
      expect(answer.body).not.toMatch(/hunter2|secret|\.ts|a text|stack/);
      const { correlationId } = answer.json<{ correlationId: string }>();
      expect(lines.some((line) => line.includes(correlationId) && line.includes('unexpectedly'))).toBe(true);
    },
  );

  it.each(['pool', 'disk'])('a database in trouble (%s) is 503 with Retry-After', async (kind) => {
    const answer = await t.app.inject({ method: 'GET', url: `/admin/v1/things/failing/${kind}`, headers });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
    expect(answer.json()).toMatchObject({ code: 'HTTP.UNAVAILABLE' });
  });

  it('unknown addresses are not repeated', async () => {
    const answer = await t.app.inject({ method: 'GET', url: '/nothing/<script>' });
    expect(answer.json()).toMatchObject({ status: 404, code: 'HTTP.ROUTE_UNKNOWN' });
    expect(answer.body).not.toContain('script');
  });

  it('malformed addresses are problems too, with all headers', async () => {
    const answer = await t.app.inject({ method: 'GET', url: '/admin/v1/things/failing/%zz' });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'HTTP.MALFORMED' });
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    const long = await t.app.inject({
      method: 'GET',
      url: `/admin/v1/things/failing/${'a'.repeat(500)}`,
      headers,
    });
    expect(long.statusCode).toBe(414);
    expect(long.headers['content-type']).toMatch(/problem\+json/);
  });

  it('validation names each value by its JSON Pointer', async () => {
    const answer = await post(
      JSON.stringify({ parts: [{ count: 1 }, { count: 'x', 'a/b~c': 1 }], admin: true }),
    );
    expect(answer.statusCode).toBe(400);
    const { errors } = answer.json<{ errors: Array<{ pointer: string; message: string }> }>();
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual([
      '/admin',
      '/parts/1/a~1b~0c',
      '/parts/1/count',
      '/title',
    ]);
  });
});

describe('headers', () => {
  it('every answer has them, refused ones too', async () => {
    for (const url of ['/admin/v1/things/document', '/admin/v1/nothing', '/health/live', '/health/%zz']) {
      const answer = await t.app.inject({ method: 'GET', url });
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'content-security-policy': `default-src 'none'; frame-ancestors 'none'`,
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': 'max-age=31536000',
      });
      expect(answer.headers).not.toHaveProperty('x-powered-by');
    }
  });

  it('a harmless request id is taken over, any other is replaced', async () => {
    const idOf = async (id: string) =>
      (await t.app.inject({ method: 'GET', url: '/health/live', headers: { 'x-request-id': id } })).headers[
        'x-request-id'
      ];
    expect(await idOf('order-4711-retry')).toBe('order-4711-retry');
    for (const id of [
      'short',
      'a b c d e f g',
      '<script>alert(1)</script>',
      'x'.repeat(65),
      'line\tbreak-abc',
    ]) {
      expect(await idOf(id)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    }
  });
});

describe('revisions', () => {
  const put = (ifMatch?: string) =>
    t.app.inject({
      method: 'PUT',
      url: '/admin/v1/things/document',
      headers: { ...headers, ...(ifMatch !== undefined && { 'if-match': ifMatch }) },
    });

  it('a change names what it was made from', async () => {
    const { headers: read } = await t.app.inject({
      method: 'GET',
      url: '/admin/v1/things/document',
      headers,
    });
    expect(read.etag).toBe('"r3"');
    expect((await put()).statusCode).toBe(428);
    expect((await put('*')).statusCode).toBe(428);
    expect((await put('r3')).statusCode).toBe(400);
    expect((await put('W/"r3"')).statusCode).toBe(412);
    expect((await put('"r3"')).statusCode).toBe(200);
    expect((await put('"r3"')).json()).toMatchObject({ status: 412, details: { current: '"r4"' } });
  });
});
