import { describe, expect, it } from 'vitest';
import { WhatsappChannel } from '../../../src/modules/intake/channels/whatsapp.channel.js';
import type { Update } from '../../../src/modules/intake/channels/channel.js';
import { inboundRequest } from '../requests.js';
import { delivery, mailbox, phone, sentAt, status, userId, value } from './whatsapp-samples.js';

const channel = new WhatsappChannel();

function read(more: Record<string, unknown>, receivedAt?: Date): readonly Update[] {
  const request = inboundRequest(delivery(value(more)), receivedAt && { receivedAt });
  return channel.read(request, '01890000-0000-7000-8000-000000000001');
}

describe('a status', () => {
  it('is told of our message, with our tag', () => {
    const told = status('delivered', { biz_opaque_callback_data: 'effect-1', recipient_user_id: userId });
    expect(read({ statuses: [told] })).toEqual([
      {
        key: 'status:wamid.ours:delivered',
        order: { key: 'status:wamid.ours', at: 3 },
        event: {
          subject: 'message:wamid.ours',
          partitionKey: 'message:wamid.ours',
          dataSubjects: [`phone:+${phone}`, `whatsapp-user:${userId}`],
          message: {
            ...{ channel: 'whatsapp', mailbox, reference: 'wamid.ours', status: 'delivered' },
            ...{ at: '2026-11-20T11:59:50.000Z', tag: 'effect-1' },
          },
        },
      },
    ]);
  });

  it('is later by what it says, not by when it came', () => {
    const names = ['sent', 'failed', 'delivered', 'read', 'played'];
    const ranks = read({ statuses: names.map((name) => status(name)) }).map(({ order }) => order?.at ?? 0);
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(new Set(ranks).size).toBe(names.length);
  });

  it('of a failure says why', () => {
    const details = 'More than a day has passed.';
    const errors = [{ code: 131047, title: 'Re-engagement', error_data: { details } }];
    const [update] = read({ statuses: [status('failed', { errors })] });
    expect(update?.event?.message).toMatchObject({
      error: { code: 131047, message: 'Re-engagement: More than a day has passed.' },
    });
  });

  it.each([
    ['none', undefined],
    ['no list', { code: 1 }],
    ['an empty one', []],
    ['one without code', [{ title: 'Failed' }]],
  ])('of a failure with %s as its errors is told all the same', (_what, errors) => {
    const [update] = read({ statuses: [status('failed', { errors })] });
    expect(update?.event?.message).toMatchObject({ status: 'failed' });
    expect(update?.event?.message).toHaveProperty('error', undefined);
  });

  it('that is not used is kept and ignored', () => {
    expect(read({ statuses: [status('deleted')] })).toEqual([
      { key: 'status:wamid.ours:deleted', ignored: 'The status deleted is not used.' },
    ]);
  });

  it.each([
    ['id', { id: undefined }],
    ['id', { id: 'w'.repeat(301) }],
    ['status', { status: 7 }],
    ['status', { status: 'read\u0000' }],
    ['timestamp', { timestamp: 'now' }],
  ])('without a readable %s is rejected by itself', (name, more) => {
    const [first, second] = read({ statuses: [status('sent', more), status('read')] });
    expect(first).toMatchObject({ rejected: { kind: 'invalid', details: { missing: [name] } } });
    expect(second).toMatchObject({ key: 'status:wamid.ours:read' });
  });

  it('may come with all that WhatsApp tells, a thousand times in a delivery', () => {
    const pricing = { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' };
    const conversation = { id: 'c', expiration_timestamp: `${sentAt}`, origin: { type: 'utility' } };
    const errors = [{ code: 1, title: 't', message: 'm', error_data: { details: 'd' }, href: 'h' }];
    const statuses = Array.from({ length: 1_000 }, (_, n) =>
      status('sent', { id: `wamid.${n}`, pricing, conversation, errors, recipient_user_id: userId }),
    );
    expect(read({ statuses }).filter(({ event }) => event)).toHaveLength(1_000);
  });
});

describe('a problem of the account', () => {
  const error = { code: 130429, title: 'Rate limit hit', error_data: { details: 'Too many messages.' } };

  it('is told by its code', () => {
    const [update] = read({ errors: [error] });
    expect(update?.event).toMatchObject({
      subject: 'channel:whatsapp',
      message: {
        ...{ channel: 'whatsapp', code: '130429', message: 'Rate limit hit: Too many messages.' },
        at: '2026-11-20T12:00:00.000Z',
      },
    });
  });

  it('is one within an hour, and another one in the next', () => {
    const keyAt = (time: string): string | undefined => read({ errors: [error] }, new Date(time))[0]?.key;
    expect(keyAt('2026-11-20T12:59:59Z')).toBe(keyAt('2026-11-20T12:00:00Z'));
    expect(keyAt('2026-11-20T13:00:00Z')).not.toBe(keyAt('2026-11-20T12:59:59Z'));
    const [other] = read({ errors: [{ ...error, code: 131031 }] }, new Date('2026-11-20T12:00:00Z'));
    expect(other?.key).not.toBe(keyAt('2026-11-20T12:00:00Z'));
  });

  it.each([['nothing'], [{}], [{ code: 'often' }]])('that has no code (%j) is rejected', (broken) => {
    expect(read({ errors: [broken] })).toMatchObject([{ rejected: { details: { missing: ['code'] } } }]);
  });
});
