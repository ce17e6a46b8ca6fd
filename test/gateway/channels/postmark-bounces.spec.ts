import { describe, expect, it } from 'vitest';
import { PostmarkChannel } from '../../../src/modules/intake/channels/postmark.channel.js';
import { updateOf, updatesOf } from '../mails.js';

const channel = new PostmarkChannel();

describe('a record about a mail of ours', () => {
  const record = (more: object = {}): object => ({
    RecordType: 'Bounce',
    ID: 1,
    Type: 'HardBounce',
    MessageID: 'b5f9b9a4-0000-4000-8000-000000000002',
    Email: 'One@example.com',
    Description: 'The server was unable to deliver your message.',
    Details: 'smtp;550 5.1.1 unknown user',
    BouncedAt: '2026-11-20T11:00:00.1234567+00:00',
    Inactive: true,
    ...more,
  });

  it('is a bounce, whose key names nobody', async () => {
    const update = await updateOf(channel, record());
    expect(update.key).toMatch(/^record:[0-9a-f]{64}$/);
    expect(update).toMatchObject({
      kind: 'MailBounced',
      event: {
        dataSubjects: ['email:one@example.com'],
        message: {
          kind: 'bounce',
          recipient: 'one@example.com',
          permanent: true,
          status: '5.1.1',
          originalReference: 'b5f9b9a4-0000-4000-8000-000000000002',
          at: '2026-11-20T11:00:00.123Z',
        },
      },
    });
  });

  it.each([
    [
      { Type: 'SoftBounce', Inactive: false },
      { kind: 'bounce', permanent: false },
    ],
    [
      { Type: 'Unknown', Inactive: true },
      { kind: 'bounce', permanent: true },
    ],
    [
      { RecordType: 'SpamComplaint', Type: 'SpamComplaint', Inactive: false },
      { kind: 'complaint', permanent: true },
    ],
  ])('of %o is told as %o', async (more, message) => {
    expect((await updateOf(channel, record(more))).event?.message).toMatchObject(message);
  });

  it.each([
    { RecordType: 'Delivery' },
    { RecordType: 'Open' },
    { Type: 'Transient' },
    { Type: 'AutoResponder' },
  ])('of %o is ignored', async (more) => {
    expect(await updateOf(channel, record(more))).toMatchObject({ ignored: expect.any(String) as string });
  });

  it('of two kinds, or at two times, has two keys', async () => {
    const records = [
      {},
      { Type: 'SoftBounce' },
      { BouncedAt: '2026-11-20T11:00:01Z' },
      { Email: 'b@example.com' },
    ];
    const keys = await Promise.all(records.map(async (more) => (await updateOf(channel, record(more))).key));
    expect(new Set(keys).size).toBe(4);
  });

  it('without a recipient is refused', async () => {
    const refused = updatesOf(channel, record({ Email: 'nobody' }));
    await expect(refused).rejects.toMatchObject({ code: 'INTAKE.PAYLOAD_REFUSED' });
  });
});
