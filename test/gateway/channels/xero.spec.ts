import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { XeroChannel } from '../../../src/modules/intake/channels/xero.channel.js';
import { activeSecrets, ChannelDriver, post, wrongSecrets, type Answer } from '../channel-driver.js';
import { verifiesVectors } from '../vectors.js';

const channel = new XeroChannel();

verifiesVectors({ provider: 'xero', schemes: ['xero'], channel });

const folder = new URL('../../../../shared/providers/xero/', import.meta.url);
const tenantId = '00000000-0000-4000-8000-00000000000a';
const resourceId = '00000000-0000-4000-8000-00000000000b';
const event = (more: object = {}): Record<string, unknown> => ({
  resourceUrl: `https://api.xero.com/api.xro/2.0/Invoices/${resourceId}`,
  resourceId,
  tenantId,
  tenantType: 'ORGANISATION',
  eventCategory: 'INVOICE',
  eventType: 'UPDATE',
  eventDateUtc: '2026-11-20T11:59:57.123',
  ...more,
});
const body = (...events: readonly unknown[]): object => ({
  ...{ events, firstEventSequence: 1, lastEventSequence: events.length, entropy: 'ENTROPYENTROPY' },
});
describe('through the gateway', () => {
  let driver: ChannelDriver;
  beforeAll(async () => {
    driver = await ChannelDriver.start();
  });
  afterAll(() => driver.close());

  const contentType = 'application/json; charset=utf-8';
  const send = (told: unknown, secrets = activeSecrets): Promise<Answer> => {
    const draft = { contentType, body: Buffer.from(JSON.stringify(told)) };
    return driver.send(channel, driver.sign(channel, draft, { secrets }));
  };
  const isBare = (answer: Answer): void => {
    expect(answer.body).toBe('');
    expect(answer.headers['content-length']).toBe('0');
    expect(answer.headers['set-cookie']).toBeUndefined();
  };

  it('the intent to receive is answered 200 when it is signed, 401 when not, both without body or cookie', async () => {
    const before = await driver.counts();
    const asked = (entropy: string) => ({ events: [], lastEventSequence: 0, firstEventSequence: 0, entropy });
    const series = [
      [await send(asked('one')), 200],
      [await send(asked('one'), wrongSecrets), 401],
      [await send(asked('two'), wrongSecrets), 401],
      [await send(asked('one')), 200],
      [
        await post(`${driver.app.url}/webhooks/xero`, Buffer.from('no JSON'), {
          'content-type': contentType,
        }),
        401,
      ],
    ] as const;
    for (const [answer, status] of series) {
      expect(answer.status).toBe(status);
      isBare(answer);
    }
    const after = await driver.counts();
    expect(after.inbound).toBe(before.inbound + 1);
    expect(after.messages).toBe(before.messages);
  });

  it('what is signed and cannot be read is kept, and answered 200 without a body', async () => {
    const before = await driver.counts();
    for (const told of [{ events: 'none' }, { events: [{}] }, [], '\u0000']) {
      const answer = await send(told);
      expect(answer.status).toBe(200);
      isBare(answer);
    }
    const after = await driver.counts();
    expect(after.inbound).toBe(before.inbound + 4);
    expect(after.messages).toBe(before.messages);
  });

  it('another media type is refused without a body', async () => {
    const answer = await driver.send(channel, driver.genuine(channel), { 'content-type': 'text/plain' });
    expect(answer.status).toBe(415);
    isBare(answer);
  });

  it('an older change after a newer one is superseded, and starts nothing', async () => {
    await send(body(event({ resourceId: 'r1', eventDateUtc: '2026-11-20T12:00:00.002' })));
    const before = await driver.counts();
    const older = event({ resourceId: 'r1', eventDateUtc: '2026-11-20T12:00:00.001' });
    expect((await send(body(older))).status).toBe(200);
    const after = await driver.counts();
    expect(after).toMatchObject({ inbound: before.inbound + 1, messages: before.messages });
  });
});

const itr = new URL('itr.json', folder);
interface Trial {
  readonly key: string;
  readonly cases: readonly { id: string; body: string; signature: string; expectStatus: number }[];
}

describe.skipIf(!existsSync(itr))('the recorded intent to receive (skipped without ../shared)', () => {
  it('is passed', async () => {
    const { key, cases } = JSON.parse(readFileSync(itr, 'utf8')) as Trial;
    const driver = await ChannelDriver.start({ XERO_WEBHOOK_KEY: key });
    try {
      for (const { id, body: text, signature, expectStatus } of cases) {
        const headers = { 'content-type': 'application/json; charset=utf-8', 'x-xero-signature': signature };
        const answer = await post(`${driver.app.url}/webhooks/xero`, Buffer.from(text), headers);
        expect({ id, status: answer.status, body: answer.body }).toEqual({
          id,
          status: expectStatus,
          body: '',
        });
        expect(answer.headers['set-cookie']).toBeUndefined();
      }
    } finally {
      await driver.close();
    }
  });
});
