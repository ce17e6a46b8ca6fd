import { Body, Controller, Get, Logger, Post } from '@nestjs/common';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Can, Public } from '../../src/shared/access/permissions.js';
import { loggerParams } from '../../src/shared/observability/logging.js';
import { startApplication, type TestApplication } from '../http/application.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/until.js';

const canary = 'canary-9b1deb4d';

@Controller('admin/v1/logged')
class Logged {
  private readonly logger = new Logger(Logged.name);

  @Get()
  @Can('read', 'Run')
  get() {
    this.logger.log('working');
    return [];
  }

  @Post()
  @Can('configure', 'Form')
  create(@Body() body: object) {
    this.logger.log({ body, nested: { accessToken: canary } }, 'got it');
    throw Object.assign(new Error('the provider refused'), {
      config: { headers: { Authorization: `Bearer ${canary}` } },
    });
  }
}

@Controller('webhooks/logged')
class Hook {
  @Get()
  @Public('handshake')
  get() {
    return 'ok';
  }
}

let db: TestDatabase;
let t: TestApplication;
const lines: string[] = [];

beforeAll(async () => {
  db = await testDatabase();
  const logs = { write: (line: string) => void lines.push(line) };
  t = await startApplication({ database: db.database, controllers: [Logged, Hook], logs });
});
afterAll(async () => {
  await t?.close();
  await db?.close();
});
beforeEach(() => void (lines.length = 0));

interface Line {
  msg?: string;
  level: string;
  trace_id?: string;
  correlation_id?: string;
  req?: { method: string; path: string };
  res?: { status: number };
}

const parsed = (): Line[] => lines.map((line) => JSON.parse(line) as Line);

describe('what a request leaves in the log', () => {
  it('ties all its lines together, and carries the trace on', async () => {
    const { authorization } = await t.keyWith('viewer');
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await t.app.inject({
      method: 'GET',
      url: '/admin/v1/logged?token=abc',
      headers: {
        authorization,
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
        'x-request-id': 'order-4711',
      },
    });
    await until('both lines', () => lines.length >= 2);
    expect(parsed().map(({ msg, trace_id, correlation_id }) => [msg, trace_id, correlation_id])).toEqual([
      ['working', traceId, 'order-4711'],
      ['request completed', traceId, 'order-4711'],
    ]);
    expect(parsed()[1]).toMatchObject({
      level: 'info',
      req: { method: 'GET', path: '/admin/v1/logged' },
      res: { status: 200 },
    });
  });

  it('holds no key, header, query or body; nor what an HTTP client hangs on its errors', async () => {
    const { authorization } = await t.keyWith('editor', 'viewer');
    const answer = await t.app.inject({
      method: 'POST',
      url: `/admin/v1/logged?code=${canary}`,
      headers: {
        authorization,
        cookie: `session=${canary}`,
        'x-hub-signature-256': canary,
        'webhook-signature': canary,
        'content-type': 'application/json',
        referer: `https://example.test/?t=${canary}`,
      },
      payload: { email: `${canary}@example.com`, text: canary },
    });
    expect(answer.statusCode).toBe(500);
    await t.app.inject({ method: 'GET', url: `/webhooks/logged?hub.verify_token=${canary}` });
    await t.app.inject({
      method: 'GET',
      url: '/admin/v1/logged',
      headers: { authorization: `Bearer sbx_${canary.slice(0, 6)}_${canary}` },
    });
    await until('all lines', () => parsed().filter(({ msg }) => msg?.startsWith('request')).length >= 2);
    const all = lines.join('');
    expect(all).toContain('the provider refused');
    expect(all).not.toContain(canary);
    expect(all).not.toContain(authorization.slice(-30));
  });

  it('health probes and webhooks are not logged', async () => {
    await t.app.inject({ method: 'GET', url: '/health/live' });
    await t.app.inject({ method: 'POST', url: '/webhooks/logged' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(lines).toEqual([]);
  });

  it('an address cannot forge a line', async () => {
    await t.app.inject({ method: 'GET', url: '/x%0a{"level":"fatal","msg":"forged"}' });
    await until('the line', () => lines.length > 0);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.split('\n')).toHaveLength(2);
    expect(parsed()[0]?.level).toBe('warn');
  });
});

describe('the logger itself', () => {
  const out: string[] = [];
  const options = loggerParams({
    level: 'info',
    pretty: false,
    destination: { write: (line) => void out.push(line) },
  });
  const [pinoOptions, stream] = options.pinoHttp as [pino.LoggerOptions, pino.DestinationStream];
  const logger = pino(pinoOptions, stream);
  beforeEach(() => void (out.length = 0));

  it.each([
    ['an API key', `sbx_abc123def456_${'s'.repeat(43)}`],
    ['a bearer token', `Authorization: Bearer ${'t'.repeat(24)}`],
    ['a signing secret', `whsec_${'Q'.repeat(32)}`],
    ['a private app token', 'pat-eu1-0b8f1c2e-1111-2222-3333-444455556666'],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl'],
    ['a password in a URL', 'postgres://app:hunter2secret@db/x'],
    ['a token in a query', 'https://x.test/cb?access_token=hunter2secret&a=1'],
    ['an e-mail address', 'ada.lovelace+x@example.co.uk'],
    ['a telephone number', '+44 20 7946 0958'],
  ])('withholds %s wherever it stands', (_, secret) => {
    const sensitive =
      secret.match(/s{43}|t{24}|Q{32}|0b8f1c2e|c2lnbmF0dXJl|hunter2secret|lovelace|7946/)?.[0] ?? '';
    logger.info(`before ${secret} after`);
    logger.info({ note: secret, deep: { list: [secret] } }, 'as a value');
    logger.error({ err: new Error(`failed for ${secret}`, { cause: new Error(secret) }) }, 'in an error');
    logger.info('formatted %s', secret);
    expect(out).toHaveLength(4);
    expect(out.join('')).not.toContain(sensitive);
    for (const line of out) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it.each([
    'authorization',
    'Cookie',
    'set-cookie',
    'client_secret',
    'clientSecret',
    'x-hub-signature',
    'password',
    'apiKey',
    'refreshToken',
    'body',
    'rawBody',
    'headers',
    'payload',
  ])('withholds the value of %s', (key) => {
    logger.info({ [key]: canary, outer: { inner: [{ [key]: { deep: canary } }] } }, 'x');
    expect(out.join('')).not.toContain(canary);
  });

  it('withholds buffers, maps and objects with lives of their own', () => {
    class Client {
      options = { auth: canary };
    }
    logger.info({ data: Buffer.from(canary), map: new Map([['a', canary]]), client: new Client() }, 'x');
    expect(out.join('')).not.toContain(canary);
    expect(out.join('')).not.toContain(Buffer.from(canary).toString('hex'));
  });

  it('line breaks and terminal codes become visible text', () => {
    const hostile = 'a\r\n{"level":"fatal"}\u001b[2K\u009b31m\u2028\u202e';
    logger.info(hostile);
    logger.info({ hostile, ['key\n']: 1 }, 'x %s', hostile);
    logger.error({ err: new Error(hostile) }, 'y');
    expect(out).toHaveLength(3);
    for (const line of out) {
      // eslint-disable-next-line no-control-regex
      expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
      expect(JSON.parse(line)).toHaveProperty('level');
    }
    expect(JSON.parse(out[0] ?? '').msg).toBe(
      'a\\u000d\\u000a{"level":"fatal"}\\u001b[2K\\u009b31m\\u2028\\u202e',
    );
  });

  it('ordinary text stays as it is', () => {
    logger.info(
      { runId: '0199a1b2-0000-7000-8000-000000000000', count: 12, at: new Date(0) },
      'leased 3 of 10 in lane crm: 12.5 ms',
    );
    expect(JSON.parse(out[0] ?? '')).toMatchObject({
      msg: 'leased 3 of 10 in lane crm: 12.5 ms',
      runId: '0199a1b2-0000-7000-8000-000000000000',
      count: 12,
      at: '1970-01-01T00:00:00.000Z',
    });
  });
});
