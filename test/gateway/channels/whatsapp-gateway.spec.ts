import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Channel } from '../../../src/modules/intake/channels/channel.js';
import { ChannelDriver, type Answer } from '../channel-driver.js';
import { contact, delivery, message, messageOf, phone, status, userId, value } from './whatsapp-samples.js';

let driver: ChannelDriver;
let channel: Channel;
beforeAll(async () => {
  driver = await ChannelDriver.start();
  channel = driver.channels.find(({ name }) => name === 'whatsapp')!;
});
afterAll(() => driver.close());

/** Comes again when the gateway is busy, as WhatsApp does: the machine of the tests may be. */
async function send(body: unknown): Promise<Answer> {
  const draft = { contentType: 'application/json', body: Buffer.from(JSON.stringify(body)) };
  const signed = driver.sign(channel, draft);
  for (let tries = 1; ; tries += 1) {
    const answer = await driver.send(channel, signed);
    if (tries === 10 || !answer.body.includes('INTAKE.OVERLOADED')) return answer;
    await setTimeout(1_000);
  }
}

/** How the updates of a key are kept, and whether an event came of them. */
function kept(key: string): Promise<object[]> {
  return driver.app.db.database.query(
    `select i.delivery_key as key, i.status, m.type from intake.inbound i
     left join messaging.messages m on m.id = i.message_id
     where i.delivery_key like $1 order by i.request_id, i.place`,
    [`${key}%`],
  );
}

const statusType = 'intake.message-status-changed.v1';
const messageType = 'intake.message-received.v1';

describe('statuses out of order', () => {
  it('over two deliveries: what is older than what is known is kept, and nothing follows from it', async () => {
    await send(delivery(value({ statuses: [status('read', { id: 'wamid.two' })] })));
    const before = await driver.counts();
    const answer = await send(delivery(value({ statuses: [status('delivered', { id: 'wamid.two' })] })));
    expect(answer.status).toBe(200);
    expect(await kept('status:wamid.two:')).toEqual([
      { key: 'status:wamid.two:read', status: 'accepted', type: statusType },
      { key: 'status:wamid.two:delivered', status: 'superseded', type: null },
    ]);
    expect((await driver.counts()).messages).toBe(before.messages);
  });

  it('in one delivery: only the furthest is told', async () => {
    const names = ['sent', 'read', 'delivered'];
    const statuses = names.map((name) => status(name, { id: 'wamid.one' }));
    await send(delivery(value({ statuses })));
    expect(await kept('status:wamid.one:')).toEqual([
      { key: 'status:wamid.one:sent', status: 'superseded', type: null },
      { key: 'status:wamid.one:read', status: 'accepted', type: statusType },
      { key: 'status:wamid.one:delivered', status: 'superseded', type: null },
    ]);
  });

  it('a failure counts after sent, and not after delivered', async () => {
    const told = ['sent', 'failed', 'sent', 'delivered', 'failed'].map((name, n) => [name, n] as const);
    for (const [name, n] of told) {
      const id = n < 3 ? 'wamid.failed' : 'wamid.arrived';
      await send(delivery(value({ statuses: [status(name, { id })] })));
    }
    expect(await kept('status:wamid.failed:')).toMatchObject([
      { key: 'status:wamid.failed:sent', status: 'accepted' },
      { key: 'status:wamid.failed:failed', status: 'accepted' },
    ]);
    expect(await kept('status:wamid.arrived:')).toMatchObject([
      { key: 'status:wamid.arrived:delivered', status: 'accepted' },
      { key: 'status:wamid.arrived:failed', status: 'superseded' },
    ]);
  });
});

describe('a delivery of a thousand updates', () => {
  const several = (first: number): unknown => {
    const numbers = Array.from({ length: 100 }, (_, n) => first + n);
    const of = (n: number): string => `1555${1_000_000 + n}`;
    return value({
      contacts: numbers.map((n) => contact({ wa_id: of(n) })),
      messages: numbers.map((n) => message({ id: `wamid.bulk.${n}`, from: of(n) })),
      statuses: numbers.map((n) => status('sent', { id: `wamid.bulk-ours.${n}`, recipient_id: of(n) })),
    });
  };

  it('is accepted at once as a thousand events, and without effect when it is sent again', async () => {
    const body = delivery(...[0, 100, 200, 300, 400].map(several));
    const before = await driver.counts();
    const first = await send(body);
    expect(first.status).toBe(200);
    const after = await driver.counts();
    expect(after.messages - before.messages).toBe(1_000);
    expect(after.inbound - before.inbound).toBe(1_000);
    expect(after.bodies - before.bodies).toBe(1);
    const again = await send(body);
    expect(again.status).toBe(200);
    expect(JSON.parse(again.body)).toMatchObject({ duplicate: true });
    expect(await driver.counts()).toEqual(after);
  });

  it('that comes again in other parts is still without effect', async () => {
    const before = await driver.counts();
    await send(delivery(several(150), several(250)));
    expect(await driver.counts()).toEqual(before);
  });
});

describe('a delivery with something broken', () => {
  it('has that rejected, and all else accepted', async () => {
    const messages = [
      message({ id: 'wamid.mixed.1' }),
      message({ id: 'wamid.mixed.2', from: undefined }),
      message({ id: 'wamid.mixed.3', from: undefined, from_user_id: userId }),
    ];
    const answer = await send(delivery(value({ messages })));
    expect(answer.status).toBe(200);
    expect(await kept('wamid.mixed')).toEqual([
      { key: 'wamid.mixed.1', status: 'accepted', type: messageType },
      { key: 'wamid.mixed.2', status: 'rejected', type: null },
      { key: 'wamid.mixed.3', status: 'accepted', type: messageType },
    ]);
  });

  it('only, or that is none of WhatsApp, is answered as taken: retries would end nothing', async () => {
    const before = await driver.counts();
    const only = delivery(value({ contacts: [], messages: [message({ id: 'wamid.only', from: '' })] }));
    for (const body of [only, { object: 'page' }, delivery(null)]) {
      expect(await send(body)).toMatchObject({ status: 200 });
    }
    const after = await driver.counts();
    expect(after.messages).toBe(before.messages);
    expect(after.bodies).toBe(before.bodies + 3);
  });
});

it('is kept without what people wrote, or their names, in the clear', async () => {
  const contacts = [contact({ profile: { name: 'Ada Canary' } })];
  const messages = [messageOf('text', { body: 'ultraviolet' }, { id: 'wamid.canary' })];
  await send(delivery(value({ contacts, messages })));
  const dump = await driver.app.db.database.query<{ text: string }>(
    `select m::text as text from messaging.messages m union all select b::text from intake.raw_bodies b
     union all select i::text from intake.inbound i union all select e::text from audit.entries e`,
  );
  for (const canary of ['Canary', 'ultraviolet', Buffer.from('ultraviolet').toString('hex')]) {
    expect(dump.some(({ text }) => text.includes(canary))).toBe(false);
  }
});

it('whatever texts and ids are signed, the answer is 200', async () => {
  const odd = fc.constantFrom('a\u0000', '\ud800', 'x'.repeat(400));
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), odd);
  const one = fc.record({
    ...{ id: text, from: fc.oneof(fc.constant(phone), text), from_user_id: text },
    ...{ timestamp: fc.constantFrom('1795175990', 1, 'x'), type: fc.constantFrom('text', 'a\u0000') },
    ...{ text: fc.record({ body: text }), status: fc.oneof(fc.constant('sent'), text), recipient_id: text },
    ...{ code: fc.oneof(fc.constant(1), text), title: text, biz_opaque_callback_data: text },
  });
  const list = fc.array(one, { maxLength: 3 });
  const values = fc.record({
    metadata: fc.record({ phone_number_id: fc.oneof(fc.constant('1'), text) }),
    ...{ messages: list, statuses: list, errors: list },
  });
  const bodies = fc
    .tuple(values, text)
    .map(([one_, field]) => [delivery(one_), { field, value: one_ }] as const);
  await fc.assert(
    fc.asyncProperty(bodies, async ([body, change]) => {
      expect(await send(body)).toMatchObject({ status: 200 });
      const other = { object: 'whatsapp_business_account', entry: [{ id: 'x', changes: [change] }] };
      expect(await send(other)).toMatchObject({ status: 200 });
    }),
    { numRuns: 40 },
  );
});
