import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hmac, textKey } from '../../../src/modules/intake/channels/signatures.js';
import { ZendeskChannel } from '../../../src/modules/intake/channels/zendesk.channel.js';
import { ChannelDriver, type Answer } from '../channel-driver.js';
import { inboundRequest } from '../requests.js';
import { verifiesVectors } from '../vectors.js';

const channel = new ZendeskChannel();
const publicSecret = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==';

verifiesVectors({
  ...{ provider: 'zendesk', schemes: ['zendesk'], channel },
  except: { 'ka-third-party': 'It is signed with the public test secret, which is never taken.' },
});

const event = (more: object = {}): Record<string, unknown> => ({
  type: 'zen:event-type:ticket.status_changed',
  account_id: 21,
  id: 'event-1',
  time: '2026-11-20T11:59:58.672717030Z',
  zendesk_event_version: '2022-11-06',
  subject: 'zen:ticket:31',
  detail: { id: '31', status: 'SOLVED', priority: 'HIGH', actor_id: '41', description: 'Where is it?' },
  event: { current: 'SOLVED', previous: 'OPEN', meta: { sequence: { id: 's', position: 1 } } },
  ...more,
});
const signedAt = '2026-11-20T11:59:59Z';
describe('the signature', () => {
  const body = Buffer.from('{"ticket_id":1}');
  const verify = (time: string, { at = new Date(time), secret = 'secret', secrets = ['secret'] } = {}) =>
    channel.verify(
      inboundRequest(body, {
        headers: {
          'x-zendesk-webhook-signature': hmac(textKey(secret), time, body).toString('base64'),
          'x-zendesk-webhook-signature-timestamp': time,
        },
        receivedAt: at,
      }),
      () => secrets,
    );
  const refusal = (code: string): unknown => expect.objectContaining({ code: `INTAKE.SIGNATURE_${code}` });

  it.each(['2026-11-20T12:00:00Z', '2026-11-20T12:00:00.123456789Z', '2026-11-20T13:00:00+01:00'])(
    'is over the time as it is spelt: %s',
    (time) => expect(verify(time)).toBeDefined(),
  );

  it.each([
    ...['', '1795176000', '2026-11-20', '2026-11-20T12:00Z', '2026-11-20T12:00:00'],
    ...['2026-11-20T12:00:00.Z', '2026-11-20T12:00:60Z'],
    ...['2026-11-31T12:00:00Z', '2026-11-20T12:00:00+0100', '2026-11-20T12:00:00Z ', '2026-11-20T12:00:00Z{'],
    ...['Fri, 20 Nov 2026 12:00:00 GMT', '2026-11-20T12:00:00Z (x)', '+002026-11-20T12:00:00Z'],
  ])('with the time %j is none, even when it is right', (time) => {
    expect(() => verify(time, { at: new Date('2026-11-20T12:00:00Z') })).toThrow(refusal('MISSING'));
  });

  it.each([300_000, -300_000])('is taken %i ms from its time, and not one more', (distance) => {
    const time = Date.parse('2026-11-20T12:00:00Z');
    const at = (ms: number) => ({ at: new Date(time + ms) });
    expect(verify('2026-11-20T12:00:00Z', at(distance))).toBeDefined();
    expect(() => verify('2026-11-20T12:00:00Z', at(distance + Math.sign(distance)))).toThrow(
      expect.objectContaining({ code: 'INTAKE.OUTSIDE_REPLAY_WINDOW' }),
    );
  });

  it('with the public test secret is refused, although it is configured', () => {
    expect(() => verify(signedAt, { secret: publicSecret, secrets: [publicSecret] })).toThrow(
      refusal('REFUSED'),
    );
    expect(() => verify(signedAt, { secret: publicSecret, secrets: [publicSecret, 'secret'] })).toThrow(
      refusal('REFUSED'),
    );
    expect(verify(signedAt, { secrets: [publicSecret, 'secret'] })).toBeDefined();
  });
});

describe('through the gateway', () => {
  let driver: ChannelDriver;
  beforeAll(async () => {
    driver = await ChannelDriver.start();
  });
  afterAll(() => driver.close());

  const send = (told: unknown, id?: string): Promise<Answer> => {
    const body = Buffer.from(typeof told === 'string' ? told : JSON.stringify(told));
    return driver.send(
      channel,
      driver.sign(channel, { contentType: 'application/json', body }, id ? { id } : {}),
    );
  };

  it('an older change of a kind after a newer one is superseded; another kind is not', async () => {
    const detail = { id: '501' };
    await send(event({ id: 'a1', detail, time: '2026-11-20T12:00:02Z' }));
    const before = await driver.counts();
    await send(event({ id: 'a2', detail, time: '2026-11-20T12:00:01Z' }));
    expect((await driver.counts()).messages).toBe(before.messages);
    const type = 'zen:event-type:ticket.comment_added';
    await send(event({ id: 'a3', detail, type, time: '2026-11-20T12:00:01Z' }));
    expect((await driver.counts()).messages).toBe(before.messages + 1);
  });

  it('two invocations of one trigger are two events, and a retry of one is none', async () => {
    const before = await driver.counts();
    for (const id of ['i1', 'i2', 'i1']) expect((await send({ ticket_id: 1 }, id)).status).toBe(200);
    expect((await driver.counts()).messages).toBe(before.messages + 2);
  });

  it('broken JSON that names its ticket is an event; what names none is kept, and answered as taken', async () => {
    const before = await driver.counts();
    expect((await send('{"ticket_id":"7","title":"a "quote""}')).status).toBe(200);
    expect((await send('{"title":"a "quote""}')).status).toBe(200);
    const after = await driver.counts();
    expect(after).toMatchObject({ inbound: before.inbound + 2, messages: before.messages + 1 });
    // By its invocation, so that the same text of another one is kept, too.
    for (const id of ['u1', 'u2', 'u1']) await send('nothing', id);
    expect((await driver.counts()).inbound).toBe(after.inbound + 2);
  });

  it('a webhook that is tried with the public test secret is refused, and leaves nothing', async () => {
    const known = await ChannelDriver.start({ ZENDESK_WEBHOOK_SECRET: `${publicSecret} zendesk-secret-old` });
    try {
      const before = await known.counts();
      const forged = known.sign(channel, known.example(channel), { secrets: () => [publicSecret] });
      expect((await known.send(channel, forged)).status).toBe(401);
      expect(await known.counts()).toEqual(before);
      const genuine = known.sign(channel, known.example(channel), { secrets: () => ['zendesk-secret-old'] });
      expect((await known.send(channel, genuine)).status).toBe(200);
    } finally {
      await known.close();
    }
  });
});
