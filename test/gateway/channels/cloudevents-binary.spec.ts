import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Update } from '../../../src/modules/intake/channels/channel.js';
import { CloudEventsChannel } from '../../../src/modules/intake/channels/events.channel.js';
import { activeSecrets, ChannelDriver, post, type Answer } from '../channel-driver.js';
import { inboundRequest } from '../requests.js';

const channel = new CloudEventsChannel();

const attributes = {
  'ce-specversion': '1.0',
  'ce-id': 'e-1',
  'ce-source': '/shop',
  'ce-type': 'com.example.order.placed',
};

function read(body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Update | undefined {
  const own = { 'content-type': 'application/json', ...attributes, ...headers };
  const updates = channel.read(inboundRequest(body, { headers: own }));
  expect(updates).toHaveLength(1);
  return updates[0];
}
const told = (body: string | Buffer, headers: Readonly<Record<string, string>> = {}): object | undefined =>
  read(body, headers)?.event?.message;
const refused = expect.objectContaining({ kind: 'invalid' }) as Error;

describe('an event in binary mode', () => {
  it('has its attributes in headers and its data in the body', () => {
    const more = { 'ce-time': '2026-11-20T11:00:00Z', 'ce-subject': 'order/1', 'ce-region': 'eu' };
    const update = read('{"total":3}', { ...more, 'x-other': 'no attribute' });
    expect(update).toMatchObject({ key: '/shop e-1', order: { key: 'binary e-1', at: 0 } });
    expect(update?.event?.message).toEqual({
      eventId: 'e-1',
      origin: '/shop',
      eventType: 'com.example.order.placed',
      subject: 'order/1',
      at: '2026-11-20T11:00:00.000Z',
      attributes: { region: 'eu' },
      data: { value: { total: 3 }, type: 'application/json' },
    });
  });

  it.each([
    ['text/plain; charset=utf-8', Buffer.from('Grüße'), { text: 'Grüße' }],
    ['text/plain', Buffer.from('[1]'), { text: '[1]' }],
    ['application/octet-stream', Buffer.from([0, 1, 255]), { base64: 'AAH/' }],
    ['application/json', Buffer.from('"text"'), { value: 'text' }],
    ['application/json', Buffer.alloc(0), {}],
  ])('of %s keeps its data', (type, body, data) => {
    expect(told(body, { 'content-type': type })).toMatchObject({ data: { ...data, type } });
  });

  it.each([
    ['Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
    ['"quoted \\"text\\""', 'quoted "text"'],
    ['%22kept%22', '"kept"'],
    ['once%2525', 'once%25'],
    ['%e2%82%ac', '€'],
  ])('whose header says %s means %s', (subject, text) => {
    expect(told('{}', { 'ce-subject': subject })).toMatchObject({ subject: text });
  });

  it.each([
    ['an overlong encoding', { 'ce-subject': '%C0%A0' }],
    ['half an encoding', { 'ce-subject': '100%' }],
    ['an encoded NUL', { 'ce-subject': 'a%00' }],
    ['a type of its data beside Content-Type', { 'ce-datacontenttype': 'text/plain' }],
    ['a name with a dash', { 'ce-my-attribute': 'x' }],
    ['no source', { 'ce-source': '' }],
    ['another version', { 'ce-specversion': '0.3' }],
  ])('with %s is refused', (_what, headers) => {
    expect(() => told('{}', headers)).toThrow(refused);
  });

  it.each([
    ['broken JSON', 'application/json', Buffer.from('{')],
    ['text that is no UTF-8', 'text/plain', Buffer.from([0xff])],
    ['a CloudEvent', 'application/json', Buffer.from('{"specversion":"1.0"}')],
    ['a CloudEvent as text', 'text/plain', Buffer.from(' {"specversion":"1.0"}')],
    ['a batch as bytes', 'application/octet-stream', Buffer.from('[1,{"specversion":"1.0"}]')],
  ])('whose body is %s is refused', (_what, type, body) => {
    expect(() => told(body, { 'content-type': type })).toThrow(refused);
  });
});

describe('at the gateway', () => {
  let driver: ChannelDriver;
  beforeAll(async () => {
    driver = await ChannelDriver.start();
  });
  afterAll(() => driver.close());

  /** Signed as a sender does it, with other headers where they are given. */
  async function send(id: string, body: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
    const at = new Date();
    const [secret = ''] = activeSecrets('events.signing-secret');
    const signature = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
    };
    return post(`${driver.app.url}/webhooks/events`, Buffer.from(body), { ...signature, ...headers });
  }
  const binary = (id: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    ...{ 'content-type': 'application/json', ...attributes, 'ce-id': id },
    ...more,
  });

  it('one in binary mode is taken once, also when its headers are changed', async () => {
    const { messages } = await driver.counts();
    const first = await send('b-1', '{}', binary('b-1'));
    expect(first.status).toBe(202);
    expect(JSON.parse((await send('b-1', '{}', binary('b-1'))).body)).toMatchObject({ duplicate: true });
    expect((await send('b-1', '{}', binary('b-1', { 'ce-source': '/elsewhere' }))).status).toBe(202);
    expect((await driver.counts()).messages).toBe(messages + 1);
    const kept = await driver.app.db.database.query(
      `select status from intake.inbound where channel = 'events' order by id`,
    );
    expect(kept).toEqual([{ status: 'accepted' }, { status: 'superseded' }]);
  });

  it.each([
    ['another id', binary('b-3')],
    ['no id', binary('')],
    ['an id that cannot be decoded', binary('b-2%')],
  ])('one in binary mode with %s instead of the signed one leaves nothing', async (_what, headers) => {
    const before = await driver.counts();
    expect((await send('b-2', '{}', headers)).status).toBe(401);
    expect(await driver.counts()).toEqual(before);
  });

  it('one in structured mode may have any id, and is not sent again as the data of another', async () => {
    const body = JSON.stringify({ specversion: '1.0', id: 's-1', source: '/shop', type: 'com.example.t' });
    const structured = await send('msg_1', body, { 'content-type': 'application/cloudevents+json' });
    expect(structured.status).toBe(202);
    const { messages } = await driver.counts();
    for (const type of ['application/json', 'text/plain', 'application/octet-stream']) {
      expect((await send('msg_1', body, binary('msg_1', { 'content-type': type }))).status).toBe(400);
    }
    expect((await driver.counts()).messages).toBe(messages);
  });

  it('a batch is taken as far as it can be read, and refused when nothing of it can', async () => {
    const type = { 'content-type': 'application/cloudevents-batch+json' };
    const good = { specversion: '1.0', id: 'a-1', source: '/shop', type: 'com.example.t' };
    const before = await driver.counts();
    expect((await send('msg_2', JSON.stringify([{}, good]), type)).status).toBe(202);
    expect((await send('msg_3', JSON.stringify([{}, 7]), type)).status).toBe(400);
    expect((await send('msg_4', '[]', type)).status).toBe(202);
    const after = await driver.counts();
    expect([after.messages, after.bodies]).toEqual([before.messages + 1, before.bodies + 3]);
  });
});
