import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HubspotChannel } from '../../../src/modules/intake/channels/hubspot.channel.js';
import { activeSecrets, ChannelDriver, publicUrl, type Answer } from '../channel-driver.js';
import { inboundRequest } from '../requests.js';
import { requestOf, verifiesVectors, type Vector } from '../vectors.js';

const channel = new HubspotChannel();

verifiesVectors({ provider: 'hubspot', schemes: ['hubspot.v3'], channel });

const folder = new URL('../../../../shared/providers/hubspot/', import.meta.url);
const vectors = existsSync(folder)
  ? (JSON.parse(readFileSync(new URL('vectors.json', folder), 'utf8')) as { vectors: Vector[] }).vectors
  : [];

describe.skipIf(vectors.length === 0)('older signatures (skipped without ../shared)', () => {
  const older = vectors.filter(({ scheme }) => scheme === 'hubspot.v1' || scheme === 'hubspot.v2');
  it('are there', () => expect(older.length).toBeGreaterThan(0));
  it.each(older)('$id is good by its scheme, and refused', (vector) => {
    const secrets = (): readonly string[] => [vector.secret ?? ''];
    expect(() => channel.verify(requestOf(vector, folder), secrets)).toThrow(
      expect.objectContaining({ code: 'INTAKE.SIGNATURE_MISSING' }),
    );
  });
});

const event = (more: object = {}): Record<string, unknown> => ({
  eventId: 11,
  subscriptionId: 12,
  portalId: 13,
  appId: 14,
  occurredAt: 1_795_000_000_000,
  subscriptionType: 'deal.propertyChange',
  attemptNumber: 0,
  objectId: 15,
  propertyName: 'dealstage',
  propertyValue: 'closedwon',
  changeSource: 'CRM_UI',
  sourceId: 'userId:16',
  ...more,
});
describe('the signature', () => {
  const now = new Date('2026-11-20T12:00:00Z');
  const url = `${publicUrl}/webhooks/hubspot?a=%3a%2F%20%26`;
  const draft = { contentType: 'application/json', body: Buffer.from('[]') };
  const sign = (at: Date) => channel.sign(draft, { secrets: activeSecrets, now: at, url, id: 'x' });
  const verify = (headers: Record<string, string>, more = {}) =>
    channel.verify(inboundRequest(draft.body, { url, headers, receivedAt: now, ...more }), activeSecrets);

  it.each([300_000, -300_000])('is taken when its time differs by %i ms, and not by one more', (distance) => {
    expect(verify(sign(new Date(now.getTime() + distance)).headers)).toBeDefined();
    const beyond = sign(new Date(now.getTime() + distance + Math.sign(distance))).headers;
    expect(() => verify(beyond)).toThrow(expect.objectContaining({ code: 'INTAKE.OUTSIDE_REPLAY_WINDOW' }));
  });

  it.each(['', ' ', '0x1', '1e3', '-1', '1.0', '1795000000000,', '9'.repeat(17)])(
    'with %j for its time is no signature',
    (time) => {
      const headers = { ...sign(now).headers, 'x-hubspot-request-timestamp': time };
      expect(() => verify(headers)).toThrow(expect.objectContaining({ code: 'INTAKE.SIGNATURE_MISSING' }));
    },
  );

  it('is over method, address and body, and no other escapes than the twelve are decoded', () => {
    const { headers } = sign(now);
    const decoded = `${publicUrl}/webhooks/hubspot?a=:/%20%26`;
    expect(verify(headers, { url: decoded })).toBeDefined();
    for (const changed of [{ url: `${publicUrl}/webhooks/hubspot?a=:/ &` }, { method: 'GET' as const }]) {
      expect(() => verify(headers, changed)).toThrow(
        expect.objectContaining({ code: 'INTAKE.SIGNATURE_REFUSED' }),
      );
    }
  });

  it('is not replaced by an older one, whatever time comes with it', () => {
    const v1 = createHash('sha256')
      .update(activeSecrets('hubspot.client-secret')[0]!)
      .update('[]')
      .digest('hex');
    const headers = { 'x-hubspot-signature': v1, 'x-hubspot-request-timestamp': String(now.getTime()) };
    expect(() => verify(headers)).toThrow(expect.objectContaining({ code: 'INTAKE.SIGNATURE_MISSING' }));
  });

  it('beside an older one that is right must be right itself', () => {
    const v1 = createHash('sha256')
      .update(activeSecrets('hubspot.client-secret')[0]!)
      .update('[]')
      .digest('hex');
    const headers = {
      ...{ ...sign(now).headers, 'x-hubspot-signature-v3': 'AAAA' },
      ...{ 'x-hubspot-signature': v1, 'x-hubspot-signature-version': 'v1' },
    };
    expect(() => verify(headers)).toThrow(expect.objectContaining({ code: 'INTAKE.SIGNATURE_REFUSED' }));
  });
});

describe('through the gateway', () => {
  let driver: ChannelDriver;
  beforeAll(async () => {
    driver = await ChannelDriver.start();
  });
  afterAll(() => driver.close());

  const send = (events: unknown, at = Date.now()): Promise<Answer> => {
    const body = Buffer.from(JSON.stringify(events));
    return driver.send(
      channel,
      driver.sign(channel, { contentType: 'application/json', body }, { now: new Date(at) }),
    );
  };
  const statuses = async (deal: number): Promise<string[]> => {
    const rows = await driver.app.db.database.query<{ status: string }>(
      `select status from intake.inbound where delivery_key like $1 order by id`,
      [`13:deal.propertyChange:${deal}:%`],
    );
    return rows.map(({ status }) => status);
  };

  it('an older change after a newer one is superseded, and starts nothing', async () => {
    await send([event({ objectId: 501, eventId: 2, occurredAt: 2_000, propertyValue: 'closedwon' })]);
    const before = await driver.counts();
    const late = [event({ objectId: 501, eventId: 1, occurredAt: 1_000, propertyValue: 'contractsent' })];
    expect((await send(late)).status).toBe(200);
    expect((await driver.counts()).messages).toBe(before.messages);
    expect(await statuses(501)).toEqual(['accepted', 'superseded']);
    await send([event({ objectId: 501, eventId: 3, occurredAt: 1_500, propertyName: 'amount' })]);
    expect(await statuses(501)).toEqual(['accepted', 'superseded', 'accepted']);
  });

  it('one event id of two objects is two events', async () => {
    const before = await driver.counts();
    await send([event({ objectId: 601 }), event({ objectId: 602 })]);
    expect((await driver.counts()).messages).toBe(before.messages + 2);
  });

  it('a hundred events of one request are a hundred, once', async () => {
    const batch = Array.from({ length: 100 }, (_, n) => event({ objectId: 7_000 + n, eventId: n }));
    const before = await driver.counts();
    const first = await send(batch);
    expect(first.status).toBe(200);
    const after = await driver.counts();
    expect(after.messages).toBe(before.messages + 100);
    expect(after.bodies).toBe(before.bodies + 1);
    const again = await send(batch.map((one) => ({ ...one, attemptNumber: 1 })));
    expect(again.status).toBe(200);
    expect(JSON.parse(again.body)).toMatchObject({ duplicate: true });
    expect(await driver.counts()).toEqual(after);
  });

  it('what cannot be read is kept, and answered as taken: HubSpot would only repeat it', async () => {
    const before = await driver.counts();
    expect((await send([{ eventId: 1 }])).status).toBe(200);
    expect((await send({ odd: '\u0000' })).status).toBe(200);
    const after = await driver.counts();
    expect(after.inbound).toBe(before.inbound + 2);
    expect(after.messages).toBe(before.messages);
  });

  it('an older signature alone is refused', async () => {
    const body = Buffer.from(JSON.stringify([event({ objectId: 801 })]));
    const [secret = ''] = activeSecrets('hubspot.client-secret');
    const v2 = createHash('sha256')
      .update(`${secret}POST${publicUrl}/webhooks/hubspot`)
      .update(body)
      .digest('hex');
    const headers = { 'x-hubspot-signature': v2, 'x-hubspot-signature-version': 'v2' };
    const before = await driver.counts();
    const answer = await driver.send(channel, { contentType: 'application/json', body, headers });
    expect(answer.status).toBe(401);
    expect(await driver.counts()).toEqual(before);
  });
});
