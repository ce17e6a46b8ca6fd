import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelDto, TriedDto } from '../../src/modules/intake/http/channels.dto.js';
import { AdminUnderTest } from './support.js';

let t: AdminUnderTest;
beforeAll(async () => {
  t = await AdminUnderTest.start({
    STRIPE_WEBHOOK_SECRET: 'whsec_new whsec_old',
    PUBLIC_URL: 'https://in.example.com',
  });
});
afterAll(() => t.close());

async function channel(name: string): Promise<ChannelDto> {
  return (await t.get<ChannelDto>('viewer', `/channels/${name}`)).body;
}

async function deliveries(): Promise<number> {
  const [row] = await t.db.database.query<{ n: number }>(`select count(*)::int as n from intake.inbound`);
  return row?.n ?? 0;
}

describe('channels', () => {
  it('say whether they are open, with which secrets, and what to enter at the provider', async () => {
    expect(await channel('stripe')).toMatchObject({
      title: 'Stripe',
      state: 'open',
      missing: [],
      secrets: [
        { name: 'stripe.webhook-secret', version: 2, state: 'active' },
        { name: 'stripe.webhook-secret', version: 1, state: 'previous' },
      ],
      sources: [{ source: '', url: 'https://in.example.com/webhooks/stripe', lastAcceptedAt: null }],
    });
    expect(await channel('forms')).toMatchObject({
      sources: [{ source: 'contact', url: 'https://in.example.com/webhooks/forms/contact' }],
    });
    const list = await t.get<{ items: ChannelDto[] }>('viewer', '/channels');
    expect(list.raw.toString()).not.toContain('whsec_');
    const names = list.body.items.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
  });

  it('without a secret are closed, and say which is missing', async () => {
    const closed = await AdminUnderTest.start({ STRIPE_WEBHOOK_SECRET: '' });
    try {
      const { body } = await closed.get<ChannelDto>('viewer', '/channels/stripe');
      expect(body).toMatchObject({ state: 'closed', missing: ['stripe.webhook-secret'], secrets: [] });
      const tried = await closed.post('editor', '/channels/stripe/try', {});
      expect(tried).toMatchObject({ status: 404, body: { code: 'INTAKE.CHANNEL_CLOSED' } });
    } finally {
      await closed.close();
    }
  });

  it('that were refused and accepted say when and why', async () => {
    const before = await channel('stripe');
    const refused = await t.app.inject({
      method: 'POST',
      url: '/webhooks/stripe',
      headers: { 'content-type': 'application/json', 'stripe-signature': 't=1,v1=00' },
      payload: '{}',
    });
    expect(refused.statusCode).toBe(401);
    await t.post('editor', '/channels/stripe/try', { deliver: true });
    const [source] = (await channel('stripe')).sources;
    expect(source).toMatchObject({
      lastRefusedCode: 'INTAKE.OUTSIDE_REPLAY_WINDOW',
      refused: (before.sources[0]?.refused ?? 0) + 1,
    });
    expect(Date.parse(String(source?.lastRefusedAt))).toBeGreaterThan(Date.now() - 60_000);
    expect(Date.parse(String(source?.lastAcceptedAt))).toBeGreaterThan(Date.now() - 60_000);
  });

  it('that do not exist are 404', async () => {
    expect(await t.get('viewer', '/channels/fax')).toMatchObject({
      status: 404,
      body: { code: 'INTAKE.CHANNEL_UNKNOWN' },
    });
  });
});

describe('trying a channel', () => {
  it('reads a signed sample, and keeps nothing unless told to', async () => {
    const before = await deliveries();
    const dry = await t.post<TriedDto>('editor', '/channels/stripe/try', {});
    expect(dry).toMatchObject({
      status: 200,
      body: { updates: [{ eventType: 'intake.invoice-changed.v1' }] },
    });
    expect(dry.body.deliveryId).toBeUndefined();
    expect(await deliveries()).toBe(before);
    const taken = await t.post<TriedDto>('editor', '/channels/forms/try', {
      source: 'contact',
      deliver: true,
    });
    expect(await t.get('viewer', `/deliveries/${taken.body.deliveryId}`)).toMatchObject({
      status: 200,
      body: { channel: 'forms', source: 'contact', status: 'accepted', place: 0, attachments: [] },
    });
  });

  it('is for those who configure, and is audited', async () => {
    expect((await t.post('viewer', '/channels/stripe/try', {})).status).toBe(403);
    const audit = await t.db.database.query(
      `select from audit.entries where action = 'intake.channel-tried' and subject = 'channel:stripe'`,
    );
    expect(audit.length).toBeGreaterThan(0);
  });

  it('is said in the documentation, as every channel is', async () => {
    const { body } = await t.call<{ paths: Record<string, unknown> }>(undefined, 'GET', '/docs/openapi.json');
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining([
        '/webhooks/stripe',
        '/webhooks/forms/{source}',
        '/admin/v1/channels/{name}/try',
      ]),
    );
  });
});
