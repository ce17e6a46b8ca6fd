import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MailgunChannel } from '../../../src/modules/intake/channels/mailgun.channel.js';
import { ChannelDriver } from '../channel-driver.js';

const channel = new MailgunChannel();

describe('a token', () => {
  let driver: ChannelDriver;
  beforeAll(async () => {
    driver = await ChannelDriver.start();
  });
  afterAll(() => driver.close());

  /** The token is made of the id that signs, the Message-ID of the other. */
  const send = async (id: string, mail: string) => {
    const signed = driver.sign(channel, channel.example('', mail, new Date('2026-11-20T12:00:00Z')), { id });
    const answer = await driver.send(channel, signed);
    return { ...answer, messages: (await driver.counts()).messages };
  };

  it('counts once: with other content it is taken, and nothing follows', async () => {
    const first = await send('replayed', 'a');
    const again = await send('replayed', 'a');
    const forged = await send('replayed', 'b');
    expect([first, again, forged].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(JSON.parse(again.body)).toMatchObject({ duplicate: true });
    expect([again.messages, forged.messages]).toEqual([first.messages, first.messages]);
  });

  it('of another attempt with the same mail makes no second one', async () => {
    const first = await send('attempt-1', 'c');
    const second = await send('attempt-2', 'c');
    expect(JSON.parse(second.body)).toEqual({ ...JSON.parse(first.body), duplicate: true });
    expect(second.messages).toBe(first.messages);
  });
});
