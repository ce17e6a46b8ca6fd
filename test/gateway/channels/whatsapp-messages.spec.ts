import { describe, expect, it } from 'vitest';
import { WhatsappChannel } from '../../../src/modules/intake/channels/whatsapp.channel.js';
import type { Update } from '../../../src/modules/intake/channels/channel.js';
import { inboundRequest } from '../requests.js';
import { contact, delivery, mailbox, message, messageOf, phone, userId, value } from './whatsapp-samples.js';

const channel = new WhatsappChannel();
const requestId = '01890000-0000-7000-8000-000000000001';

function read(...messages: readonly unknown[]): readonly Update[] {
  return channel.read(inboundRequest(delivery(value({ messages }))), requestId);
}

/** What a message becomes. */
function told(one: unknown): unknown {
  return read(one)[0]?.event?.message;
}

describe('a message', () => {
  it('is told with who wrote, where and when, and until when it may be answered', () => {
    const context = { from: '15550100099', id: 'wamid.ours' };
    const [update] = read(message({ context }));
    expect(update).toEqual({
      key: 'wamid.1',
      event: {
        subject: `message:${requestId}`,
        partitionKey: `whatsapp:${mailbox}:+${phone}`,
        dataSubjects: [`phone:+${phone}`],
        message: {
          ...{ messageId: requestId, channel: 'whatsapp', mailbox, reference: 'wamid.1' },
          conversation: `whatsapp:${mailbox}:+${phone}`,
          sender: { kind: 'phone', address: `+${phone}`, name: 'Ada Example' },
          ...{ kind: 'text', text: 'Is it open today?', files: [], inReplyTo: 'wamid.ours' },
          ...{ sentAt: '2026-11-20T11:59:50.000Z', replyUntil: '2026-11-21T11:59:50.000Z' },
        },
      },
    });
  });
});

describe('a reaction', () => {
  it('is told with what it is about', () => {
    const [update] = read(messageOf('reaction', { message_id: 'wamid.ours', emoji: '👍' }));
    expect(update).toMatchObject({
      key: 'wamid.1',
      event: {
        message: { channel: 'whatsapp', mailbox, emoji: '👍', to: 'wamid.ours' },
        partitionKey: `whatsapp:${mailbox}:+${phone}`,
      },
    });
  });

  it('that is taken back has no emoji', () => {
    expect(told(messageOf('reaction', { message_id: 'wamid.ours' }))).toMatchObject({ emoji: '' });
  });

  it('to nothing is rejected', () => {
    expect(read(messageOf('reaction', { emoji: '👍' }))).toMatchObject([
      { key: 'wamid.1', rejected: { details: { missing: ['message_id'] } } },
    ]);
  });
});

describe('who wrote', () => {
  const senderOf = (contacts: unknown, ...messages: readonly object[]): unknown => {
    const [update] = channel.read(inboundRequest(delivery(value({ contacts, messages }))), requestId);
    const { sender } = (update?.event?.message ?? {}) as { sender?: unknown };
    return sender && { sender, dataSubjects: update?.event?.dataSubjects };
  };
  const hidden = message({ from: undefined, from_user_id: userId });

  it('is known by the user id where the number is hidden', () => {
    const [update] = channel.read(
      inboundRequest(
        delivery(value({ contacts: [contact({ wa_id: undefined, user_id: userId })], messages: [hidden] })),
      ),
      requestId,
    );
    expect(update?.event).toMatchObject({
      partitionKey: `whatsapp:${mailbox}:${userId}`,
      dataSubjects: [`whatsapp-user:${userId}`],
      message: { sender: { kind: 'user', address: userId, name: 'Ada Example' } },
    });
  });

  it('is known by both where both are told, by the message or by its contact', () => {
    const both = {
      sender: { kind: 'phone', address: `+${phone}`, name: 'Ada Example', userId },
      dataSubjects: [`phone:+${phone}`, `whatsapp-user:${userId}`],
    };
    expect(senderOf([contact({ user_id: userId })], message())).toEqual(both);
    expect(senderOf([contact({ user_id: userId })], hidden)).toEqual(both);
    expect(senderOf([contact()], message({ from_user_id: userId }))).toEqual(both);
  });

  it('is the one contact of the one message where that names nobody', () => {
    const nobody = message({ from: undefined });
    expect(senderOf([contact()], nobody)).toMatchObject({ sender: { address: `+${phone}` } });
    expect(senderOf([contact()], nobody, message())).toBeUndefined();
    expect(senderOf([contact(), contact({ wa_id: '15550100002' })], nobody)).toBeUndefined();
  });

  it('keeps the own name in a batch of several people', () => {
    const other = contact({ wa_id: '15550100002', profile: { name: 'Grace Example' } });
    expect(senderOf([contact(), other], message({ from: '15550100002' }), message())).toMatchObject({
      sender: { address: '+15550100002', name: 'Grace Example' },
    });
  });

  it.each([
    ['nobody', { from: undefined }],
    ['no number', { from: 'somebody' }],
    ['a number beyond E.164', { from: '1555010000112345' }],
    ['a user id that is too long', { from: undefined, from_user_id: `US.${'1'.repeat(300)}` }],
    ['a user id with a blank', { from: undefined, from_user_id: 'US 1' }],
  ])('is to be said: of %s the message is rejected', (_what, more) => {
    const one = message(more);
    const [update] = channel.read(
      inboundRequest(delivery(value({ contacts: [], messages: [one] }))),
      requestId,
    );
    expect(update).toMatchObject({
      key: 'wamid.1',
      rejected: { code: 'INTAKE.PAYLOAD_REFUSED', details: { missing: ['from or from_user_id'] } },
    });
    expect(update?.rejected?.message).toBe('A message has no readable from or from_user_id.');
  });
});

describe('one message that is broken', () => {
  it.each([
    ['no object', 'text', ['id', 'timestamp', 'from or from_user_id']],
    ['no id', message({ id: undefined }), ['id']],
    ['an id that is too long', message({ id: 'w'.repeat(301) }), ['id']],
    ['an id with a control character', message({ id: 'wamid.\u0000' }), ['id']],
    ['no time', message({ timestamp: undefined }), ['timestamp']],
    ['a time that is none', message({ timestamp: 'today' }), ['timestamp']],
    ['a time before all', message({ timestamp: '0' }), ['timestamp']],
    ['a time after all', message({ timestamp: '1e15' }), ['timestamp']],
  ])('(%s) is rejected by itself', (_what, broken, missing) => {
    const [before, update, after] = read(
      message({ id: 'wamid.before' }),
      broken,
      message({ id: 'wamid.after' }),
    );
    expect(before).toMatchObject({ key: 'wamid.before', event: {} });
    expect(update).toMatchObject({ rejected: { kind: 'invalid', details: { missing } } });
    expect(after).toMatchObject({ key: 'wamid.after', event: {} });
    expect(read(broken)[0]?.key).toBe(update?.key);
    expect(update?.key).toMatch(/^(sha256:[0-9a-f]{64}|wamid\.1)$/);
  });

  it('does not say whose it is when the number that it came to is missing', () => {
    const updates = channel.read(
      inboundRequest(delivery(value({ metadata: {}, messages: [message()] }))),
      requestId,
    );
    expect(updates).toMatchObject([{ rejected: { details: { missing: ['phone_number_id'] } } }]);
    expect(JSON.stringify(updates[0]?.rejected)).not.toContain(phone);
  });
});
