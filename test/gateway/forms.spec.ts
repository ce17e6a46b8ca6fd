import { readFileSync, existsSync } from 'node:fs';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyStandardWebhook } from '../../src/modules/intake/channels/standard-webhooks.js';
import {
  formsSecret,
  previousFormsSecret,
  testApplication,
  type TestApplication,
} from '../support/application.js';
import { until } from '../support/until.js';

let app: TestApplication;
beforeAll(async () => {
  // The flow is off: what is tested here is what the gateway accepts, refuses and keeps.
  app = await testApplication({ SIGNALBOX_FLOW_MODE: 'off' });
});
afterAll(() => app.close());

interface Sent {
  status: number;
  body: Record<string, unknown>;
  headers: Headers;
}
let counter = 0;

interface Options {
  id?: string;
  secret?: string;
  at?: Date;
  form?: string;
  headers?: Record<string, string>;
  tamper?: (body: string) => string;
}

async function send(payload: unknown, options: Options = {}): Promise<Sent> {
  const {
    id = `msg_${(counter += 1)}`,
    secret = formsSecret,
    at = new Date(),
    form = 'contact',
    tamper,
  } = options;
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const answer = await fetch(`${app.url}/webhooks/forms/${form}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': `${Math.floor(at.getTime() / 1000)}`,
      'webhook-signature': new Webhook(secret).sign(id, at, body),
      ...options.headers,
    },
    body: tamper ? tamper(body) : body,
  });
  const text = await answer.text();
  return {
    status: answer.status,
    body: JSON.parse(text) as Record<string, unknown>,
    headers: answer.headers,
  };
}

function submission(data: Record<string, unknown> = { email: 'person@example.com' }): unknown {
  return { type: 'form.submitted', timestamp: new Date().toISOString(), data };
}

async function rows(): Promise<Record<string, number>> {
  const [row] = await app.db.database.query<Record<string, number>>(
    `select (select count(*)::int from intake.inbound) as inbound, (select count(*)::int from intake.dedupe_keys) as keys,
       (select count(*)::int from messaging.messages) as messages, (select count(*)::int from crypto.data_keys) as data_keys`,
  );
  return row!;
}

describe('a genuine submission', () => {
  it('is accepted, and durable before it is answered', async () => {
    const { status, body } = await send(submission());
    expect(status).toBe(202);
    expect(body).toMatchObject({ duplicate: false });
    const kept = await app.db.database.query(`select status, source from intake.inbound where id = $1`, [
      body['id'],
    ]);
    expect(kept).toEqual([{ status: 'accepted', source: 'contact' }]);
  });

  it('that comes again is answered as the first, and creates nothing', async () => {
    const first = await send(submission(), { id: 'msg_again' });
    const before = await rows();
    const second = await send(submission(), { id: 'msg_again', at: new Date(Date.now() + 1000) });
    expect(second).toMatchObject({ status: 202, body: { id: first.body['id'], duplicate: true } });
    expect(await rows()).toEqual(before);
  });

  it('that comes fifty times at once is one event', async () => {
    const before = await rows();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => send(submission(), { id: 'msg_fifty' })),
    );
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
    expect(answers.filter(({ body }) => body['duplicate'] === false)).toHaveLength(1);
    expect((await rows())['messages']).toBe(before['messages']! + 1);
  });

  it('may be signed with either of two secrets during a rotation, and carry several signatures', async () => {
    expect((await send(submission(), { secret: previousFormsSecret })).status).toBe(202);
    const body = JSON.stringify(submission());
    const at = new Date();
    const good = new Webhook(formsSecret).sign('msg_several', at, body);
    const headers = { 'webhook-signature': `v1a,AAAA v1,${Buffer.alloc(32).toString('base64')} ${good}` };
    expect((await send(body, { id: 'msg_several', at, headers })).status).toBe(202);
  });

  it('keeps fields that the form does not know, and seals everything personal', async () => {
    const { body } = await send(
      submission({ email: 'secret.person@example.com', favourite_colour: 'ultraviolet' }),
    );
    const dump = await app.db.database.query<{ text: string }>(
      `select m::text as text from messaging.messages m union all select b::text from intake.raw_bodies b
       union all select i::text from intake.inbound i union all select e::text from audit.entries e`,
    );
    const canaries = ['secret.person', 'ultraviolet', Buffer.from('secret.person').toString('hex')];
    for (const canary of canaries) expect(dump.some(({ text }) => text.includes(canary))).toBe(false);
    const audit = await app.db.database.query(`select action from audit.entries where subject = $1`, [
      `inbound:${String(body['id'])}`,
    ]);
    expect(audit).toEqual([{ action: 'intake.event-accepted' }]);
  });
});

describe('a request that is not genuine', () => {
  const refused: [string, () => Promise<Sent>, number][] = [
    [
      'a tampered body',
      () => send(submission(), { tamper: (body) => body.replace('person', 'parson') }),
      401,
    ],
    [
      'another secret',
      () => send(submission(), { secret: `whsec_${Buffer.alloc(32, 5).toString('base64')}` }),
      401,
    ],
    ['a stale timestamp', () => send(submission(), { at: new Date(Date.now() - 301_000) }), 401],
    ['a future timestamp', () => send(submission(), { at: new Date(Date.now() + 302_000) }), 401],
    ['no signature', () => send(submission(), { headers: { 'webhook-signature': '' } }), 401],
    ['a malformed timestamp', () => send(submission(), { headers: { 'webhook-timestamp': '1e9' } }), 401],
    ['another media type', () => send(submission(), { headers: { 'content-type': 'text/plain' } }), 415],
    [
      'another charset',
      () => send(submission(), { headers: { 'content-type': 'application/json; charset=utf-16' } }),
      415,
    ],
    ['a compressed body', () => send(submission(), { headers: { 'content-encoding': 'gzip' } }), 415],
    [
      'a body of 2 MB',
      () => send(submission({ email: 'a@example.com', message: 'x'.repeat(2_000_000) })),
      413,
    ],
    ['an unknown form', () => send(submission(), { form: 'nowhere' }), 404],
  ];
  it.each(refused)('by %s is refused, and nothing is written', async (_what, request, status) => {
    const before = await rows();
    const answer = await request();
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await rows()).toEqual(before);
  });
});

describe('a genuine submission that does not fit', () => {
  it('names what is missing, and is kept for the operator without starting anything', async () => {
    const before = await rows();
    const { status, body } = await send(submission({ first_name: 'Nobody' }), { id: 'msg_missing' });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'INTAKE.PAYLOAD_REFUSED',
      errors: [{ pointer: '/data/email', message: 'is required' }],
    });
    const after = await rows();
    expect(after['inbound']).toBe(before['inbound']! + 1);
    expect(after['messages']).toBe(before['messages']);
    const kept = await app.db.database.query(
      `select status, problem->>'code' as code from intake.inbound where delivery_key = $1`,
      ['contact:msg_missing'],
    );
    expect(kept).toEqual([{ status: 'rejected', code: 'INTAKE.PAYLOAD_REFUSED' }]);
    await send(submission({ first_name: 'Nobody' }), { id: 'msg_missing' });
    expect(await rows()).toEqual(after);
  });

  it.each([
    ['broken JSON', '{"type": "form.submitted", '],
    ['JSON that is too deep', `{"type":"form.submitted","data":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
    ['an array', '[]'],
    [
      'another type',
      JSON.stringify({
        type: 'other',
        timestamp: new Date().toISOString(),
        data: { email: 'a@example.com' },
      }),
    ],
    [
      'a time that is none',
      JSON.stringify({ type: 'form.submitted', timestamp: 'soon', data: { email: 'a@example.com' } }),
    ],
  ])('because of %s is a 400', async (_what, body) => {
    expect((await send(body)).status).toBe(400);
  });
});

describe('whatever is sent', () => {
  it('is never answered with a 5xx, and a refused request leaves no row', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 300, unit: 'binary' }), fc.boolean(), async (text, sign) => {
        const before = await rows();
        const body = Buffer.from(text).toString();
        const answer = await send(body, sign ? {} : { headers: { 'webhook-signature': 'v1,AAAA' } });
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(500);
        if (answer.status === 401) expect(await rows()).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });

  it('values in fields are kept as they are, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ maxLength: 20 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 8 }),
        async (extra) => {
          const answer = await send(submission({ ...extra, email: 'a@example.com', message: 'x' }));
          expect([202, 400]).toContain(answer.status);
        },
      ),
      { numRuns: 60 },
    );
  });
});

const vectorsFile = new URL('../../../shared/providers/forms/vectors.json', import.meta.url);
interface Vector {
  id: string;
  scheme: string;
  secret?: string;
  secrets?: string[];
  headers: Record<string, string>;
  body?: string;
  bodyBase64?: string;
  now: number;
  valid: boolean;
  basis: string;
}

describe.skipIf(!existsSync(vectorsFile))(
  'the vectors of Standard Webhooks (skipped without ../shared)',
  () => {
    const vectors = existsSync(vectorsFile)
      ? (JSON.parse(readFileSync(vectorsFile, 'utf8')) as { vectors: Vector[] }).vectors
      : [];
    it.each(
      vectors.filter(({ scheme, basis }) => scheme === 'standardwebhooks' && basis !== 'policy-uncertain'),
    )('$id is $valid', (vector) => {
      const body =
        vector.body === undefined ? Buffer.from(vector.bodyBase64 ?? '', 'base64') : Buffer.from(vector.body);
      const headers = Object.fromEntries(
        Object.entries(vector.headers).map(([k, v]) => [k.toLowerCase(), v]),
      );
      const verify = (): unknown =>
        verifyStandardWebhook(body, headers, vector.secrets ?? [vector.secret ?? ''], new Date(vector.now));
      if (vector.valid) expect(verify()).toBeDefined();
      else expect(verify).toThrow();
    });
  },
);

describe('a channel without a secret', () => {
  it('is closed', async () => {
    const closed = await testApplication({ FORMS_SIGNING_SECRET: '' });
    try {
      const answer = await fetch(`${closed.url}/webhooks/forms/contact`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      expect(answer.status).toBe(404);
    } finally {
      await closed.close();
    }
  });
});

it('refusals are counted into one audit entry a minute and reason, also at the end', async () => {
  const { Refusals } = await import('../../src/modules/intake/use-cases/refusals.js');
  await app.app.get(Refusals, { strict: false }).flush();
  const entries = await until('they are written', async () => {
    const found = await app.db.database.query<{ body: string }>(
      `select body from audit.entries where action = 'intake.requests-refused'`,
    );
    return found.length > 0 && found;
  });
  expect(entries.some(({ body }) => body.includes('INTAKE.SIGNATURE_REFUSED'))).toBe(true);
});
