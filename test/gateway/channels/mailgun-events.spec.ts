import { describe, expect, it } from 'vitest';
import { MailgunChannel } from '../../../src/modules/intake/channels/mailgun.channel.js';
import { updateOf } from '../mails.js';

const channel = new MailgunChannel();

describe('an event', () => {
  const event = (data: object): object => ({
    signature: { timestamp: '1795176000', token: 't1', signature: 'verified-before' },
    'event-data': {
      ...{ id: 'e-1', timestamp: 1_795_170_000.5, event: 'failed', severity: 'permanent' },
      ...{ recipient: 'One@example.com', message: { headers: { 'message-id': 'ours-1@example.com' } } },
      ...data,
    },
  });
  const told = (data: object) => updateOf(channel, event(data), 'application/json');

  it('of a failure for good is a bounce', async () => {
    const status = { code: 550, 'enhanced-code': '5.1.1', message: 'No such user' };
    expect(await told({ 'delivery-status': status })).toMatchObject({
      kind: 'MailBounced',
      key: 'event:e-1@1795170000.5',
      event: {
        dataSubjects: ['email:one@example.com'],
        message: {
          ...{ kind: 'bounce', recipient: 'one@example.com', permanent: true, status: '5.1.1' },
          ...{ diagnostic: 'No such user', originalReference: '<ours-1@example.com>' },
          at: '2026-11-20T10:20:00.500Z',
        },
      },
    });
  });

  it.each([
    [{ event: 'complained' }, { kind: 'complaint', permanent: true }],
    [{ 'delivery-status': { code: 421 } }, { kind: 'bounce', permanent: false }],
    [
      { 'delivery-status': { code: 602 }, reason: 'old' },
      { kind: 'bounce', permanent: false },
    ],
    [
      { 'delivery-status': { code: 605 }, reason: 'suppress-bounce' },
      { kind: 'bounce', permanent: true },
    ],
  ])('of %o is told as %o', async (data, message) => {
    expect((await told(data)).event?.message).toMatchObject(message);
  });

  it.each([{ severity: 'temporary' }, { event: 'delivered' }, { event: 'opened' }])(
    'of %o is ignored',
    async (data) => {
      expect(await told(data)).toMatchObject({ ignored: expect.any(String) as string });
    },
  );

  it.each([{ id: 7 }, { recipient: 'nobody' }, { event: undefined }])('of %o is refused', async (data) => {
    await expect(told(data)).rejects.toMatchObject({ code: 'INTAKE.PAYLOAD_REFUSED' });
  });
});
