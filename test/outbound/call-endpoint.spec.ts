import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_SECRET } from '../../sandbox/providers/endpoint/settings.ts';
import { PolicyDocuments } from '../../src/shared/policies/policy-documents.js';
import { until } from '../support/until.js';
import { OrderAsked } from './sample-flows.js';
import { withProduct } from '../support/product.js';

vi.mock('../../src/flows/index.js', async () => ({ flows: [(await import('./sample-flows.js')).ordering] }));

const eventsSecret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const olderSecret = `whsec_${Buffer.alloc(32, 6).toString('base64')}`;
const outbound = withProduct((url) => ({
  SIGNALBOX_SANDBOX_URL: url,
  ENDPOINTS_SIGNING_SECRET: `${DEFAULT_SECRET} ${olderSecret}`,
  EVENTS_SIGNING_SECRET: eventsSecret,
}));
const { sandbox } = outbound;

/** What the policy says; each test begins with an endpoint that honours keys, and one that honours none. */
async function configure(entries: Record<string, object>): Promise<void> {
  const documents = outbound.get(PolicyDocuments);
  const actor = 'key:test';
  const { revision } = await documents.get('http-endpoints');
  const saved = await documents.saveDraft('http-endpoints', { endpoints: entries }, { actor, revision });
  const change = { actor, revision: saved.revision };
  await documents.activate('http-endpoints', saved.draft?.version ?? 0, 'a test', change);
}

beforeEach(async () => {
  const url = `${sandbox.url}/endpoint`;
  await configure({
    keeps: { url: `${url}/keeps`, honoursKeyHours: 24, timeoutMs: 2_000, resultPointer: '/number' },
    forgets: { url: `${url}/forgets`, timeoutMs: 2_000 },
  });
});

function ask(endpoint: string, answersLater = false): Promise<string> {
  const order = randomUUID();
  return outbound.state(new OrderAsked({ order, endpoint, answersLater }), `order:${order}`);
}

interface Calls {
  total: number;
  refused: Record<string, number>;
  calls: { repeats: number; key: string; body: { data: { order: string }; resume: { key: string } } }[];
}
const calls = async (): Promise<Calls> => (await sandbox.admin('GET', '/endpoint/calls')) as unknown as Calls;
const fault = (rule: object): Promise<unknown> => sandbox.admin('POST', '/endpoint/faults', rule);

describe('a step that calls an endpoint', () => {
  it('does so once, signed, and states it', async () => {
    const event = await ask('keeps');
    await outbound.runIs(event, 'done');
    const [effect] = await outbound.effects(event);
    expect(await calls()).toMatchObject({
      ...{ total: 1, refused: {} },
      calls: [{ key: effect?.reference, body: { resume: { key: effect?.reference } } }],
    });
    const stated = await outbound.app.db.database.query(
      `select from messaging.messages where type = 'outbound.endpoint-called.v1'`,
    );
    expect(stated).toHaveLength(1);
  });

  it.each(['reset-after', 'timeout', '500', '503', '429', 'reset-before'])(
    'does so once where keys are honoured, in spite of %s',
    async (kind) => {
      await fault({ kind, times: 2, fault: { headers: { 'retry-after': '1' } } });
      const event = await ask('keeps');
      await outbound.runIs(event, 'done');
      expect((await calls()).total).toBe(1);
      expect(await outbound.effects(event)).toMatchObject([{ state: 'confirmed' }]);
    },
    30_000,
  );

  it.each(['reset-after', '500'])(
    'waits for a person where keys are forgotten and %s tells nothing',
    async (kind) => {
      await fault({ kind, times: 1 });
      const event = await ask('forgets');
      const run = await outbound.runIs(event, 'held');
      expect(run.reason).toBe('EFFECTS.UNCERTAIN');
      expect(await outbound.effects(event)).toMatchObject([{ state: 'uncertain' }]);
      expect((await calls()).total).toBe(kind === '500' ? 0 : 1);
    },
  );

  it('is sent again where keys are forgotten and nothing was carried out', async () => {
    await fault({ kind: '429', times: 1, fault: { headers: { 'retry-after': '1' } } });
    await outbound.runIs(await ask('forgets'), 'done');
    expect((await calls()).total).toBe(1);
  });

  it('is a dead letter when it is refused, redirected, or not in the policy', async () => {
    await fault({ kind: 'redirect', times: 1 });
    expect(await outbound.runIs(await ask('keeps'), 'held')).toMatchObject({
      reason: 'OUTBOUND.ENDPOINT_REDIRECTED',
    });
    await fault({ kind: '400', times: 1 });
    expect(await outbound.runIs(await ask('keeps'), 'held')).toMatchObject({
      reason: 'OUTBOUND.ENDPOINT_REFUSED',
    });
    expect(await outbound.runIs(await ask('unknown'), 'held')).toMatchObject({
      reason: 'OUTBOUND.ENDPOINT_UNKNOWN',
    });
    expect((await calls()).total).toBe(0);
  });

  it('is accepted by a receiver that still has the older secret', async () => {
    await sandbox.admin('PUT', '/endpoint/settings', { secret: olderSecret });
    await outbound.runIs(await ask('keeps'), 'done');
  });
});

describe('an endpoint that answers later', () => {
  const replyTo = (): { url: string; secret: string; source: string } => ({
    url: `${outbound.app.url}/webhooks/events`,
    ...{ secret: eventsSecret, source: '/orders' },
  });

  /** A run that waits, and what it waits for. */
  async function waiting(): Promise<{ event: string; subject: string }> {
    const event = await ask('keeps', true);
    await until('the run waits', async () => (await outbound.run(event))?.step === 'decided');
    const { calls: made } = await calls();
    return { event, subject: made.at(-1)?.body.resume.key ?? '' };
  }

  const reply = (given: object): Promise<Record<string, unknown>> =>
    sandbox.admin('POST', '/endpoint/reply/send', { ...replyTo(), ...given });

  it('resumes the run that waits for it, by a signed CloudEvent', async () => {
    await sandbox.admin('PUT', '/endpoint/reply', { ...replyTo(), delayMs: 700 });
    await outbound.runIs(await ask('keeps', true), 'done');
    expect((await calls()).total).toBe(1);
  });

  it('resumes it also when it is faster than the answer to the call', async () => {
    await sandbox.admin('PUT', '/endpoint/settings', { latencyMs: 1_000 });
    await sandbox.admin('PUT', '/endpoint/reply', replyTo());
    const event = await ask('keeps', true);
    await until('the reply is accepted', async () => {
      const { sent } = (await sandbox.admin('GET', '/endpoint/reply')) as { sent: { status: number }[] };
      return sent[0]?.status === 202;
    });
    expect(await outbound.run(event)).toMatchObject({ status: 'running', step: 'call' });
    await outbound.runIs(event, 'done');
  });

  it('moves it once when it tells twice', async () => {
    const { event, subject } = await waiting();
    const twice = await Promise.all([reply({ subject, id: 'r-1' }), reply({ subject, id: 'r-1' })]);
    expect(twice.map(({ status }) => status)).toEqual([202, 202]);
    await outbound.runIs(event, 'done');
    await reply({ subject, id: 'r-2', data: { approved: false } });
    await outbound.hurry();
    expect(await outbound.run(event)).toMatchObject({ status: 'done' });
  });

  it('is told from others: by its source, by its signature, by the call', async () => {
    const { event, subject } = await waiting();
    expect(await reply({ subject, source: '/others' })).toMatchObject({ status: 202 });
    expect(await reply({ subject, secret: olderSecret })).toMatchObject({ status: 401 });
    expect(await reply({ subject: `${subject}0` })).toMatchObject({ status: 202 });
    await until('all of it was handled', async () => {
      const [row] = await outbound.app.db.database.query<{ n: number }>(
        `select count(*)::int as n from messaging.deliveries`,
      );
      return row?.n === 0;
    });
    expect(await outbound.run(event)).toMatchObject({ status: 'running', step: 'decided' });
    await reply({ subject, data: { approved: false } });
    await outbound.runIs(event, 'cancelled');
  });
});

describe('the connection of endpoints', () => {
  it('checks each without calling it, and pings it once agreed', async () => {
    const path = '/admin/v1/connections/http';
    const checked = await outbound.call('POST', `${path}/check`);
    expect(checked).toMatchObject({
      ok: true,
      missing: [{ name: 'ping of forgets' }, { name: 'ping of keeps' }],
    });
    expect(await calls()).toMatchObject({ total: 0, refused: {} });
    expect(await outbound.call('POST', `${path}/create`, {})).toMatchObject({ status: 409 });
    expect(await outbound.call('POST', `${path}/create`, { confirm: true })).toMatchObject({
      created: ['ping of forgets (200)', 'ping of keeps (200)'],
    });
    expect(await calls()).toMatchObject({
      total: 2,
      calls: [{ body: { type: 'signalbox.ping', data: {} } }, {}],
    });
    expect(await outbound.call('POST', `${path}/check`)).toMatchObject({ ok: true, missing: [] });
  });

  it('tells of an address that may not be called, and of a secret that is not there', async () => {
    await configure({ inside: { url: 'https://localhost.localdomain/', secret: 'endpoints.other' } });
    const checked = await outbound.call('POST', '/admin/v1/connections/http/check');
    expect(checked).toMatchObject({
      ok: false,
      checks: [
        { name: 'secret of inside', ok: false },
        { name: 'address of inside', ok: false },
      ],
    });
  });

  it('an endpoint in this network is refused by the policy', async () => {
    await expect(configure({ inside: { url: 'https://127.0.0.1/' } })).rejects.toMatchObject({
      code: 'POLICIES.INVALID',
    });
  });
});
