import { describe, expect, it } from 'vitest';
import { SendMail } from '../contracts.js';
import { addressOf, nameOf, recipientsOf, withToken } from './mail-address.js';
import { deferralMs } from './mail-deferral.js';
import { envelopeOf, recipientsIn } from './outgoing-mail.js';

const sender = { from: { address: 'billing@example.com', name: 'Billing' } };
const at = { reference: 'sbx-1', date: new Date('2026-11-20T12:00:00Z') };
const command = (given: object) =>
  Object.assign(
    new SendMail(),
    { kind: 'transactional', to: [{ address: 'ada@example.com' }] },
    given,
  ) as SendMail;
const failing = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('recipients', () => {
  it('are each taken once, in lower case, with the name that came first', () => {
    const to = [{ address: ' Ada@Example.com ', name: 'Ada' }, { address: 'ada@example.com' }];
    expect(recipientsOf(to)).toEqual([{ address: 'ada@example.com', name: 'Ada' }]);
  });

  it.each([
    [[]],
    [[{ address: 'nobody' }]],
    [[{ address: 'a@example.com, b@example.com' }]],
    [[{ address: 'a@example.com\r\nBcc: b@example.com' }]],
    [[null]],
    ['a@example.com'],
    [Array.from({ length: 11 }, (_, n) => ({ address: `a${n}@example.com` }))],
  ])('%j are refused', (to) => {
    expect(failing(() => recipientsIn({ to } as never))).toMatchObject({ code: 'OUTBOUND.MAIL_INVALID' });
  });

  it('have names of one line without quotes', () => {
    expect(nameOf('Ada\r\nBcc: "x" <y>')).toBe('Ada Bcc: x y');
    expect(nameOf(' \u0000 ')).toBeUndefined();
    expect(addressOf('a'.repeat(65) + '@example.com')).toBeUndefined();
  });
});

describe('the envelope of a mail', () => {
  it('has a Message-ID that only follows from the effect and the sender', () => {
    const first = envelopeOf(command({}), sender, at);
    const second = envelopeOf(command({ replyToken: 'x' }), sender, { ...at, date: new Date(0) });
    expect([first.messageId, second.messageId]).toEqual(['<sbx-1@example.com>', '<sbx-1@example.com>']);
    expect(first).toMatchObject({ returnPath: 'billing@example.com', tag: 'transactional' });
    expect(first.headers).toMatchObject({ 'Auto-Submitted': 'auto-generated', 'X-Signalbox-Loop': 'sbx-1' });
    expect(envelopeOf(command({ kind: 'reply' }), sender, at).headers['Auto-Submitted']).toBe('auto-replied');
  });

  it('asks for answers under a token only at an address that is configured for them', () => {
    const withReplies = { ...sender, replyTo: 'support@example.com' };
    expect(envelopeOf(command({ replyToken: 't-1' }), withReplies, at).replyTo).toBe(
      'support+c.t-1@example.com',
    );
    expect(envelopeOf(command({}), withReplies, at).replyTo).toBe('support@example.com');
    expect(envelopeOf(command({ replyToken: 't-1' }), sender, at).replyTo).toBeUndefined();
    expect(failing(() => envelopeOf(command({ replyToken: 'A b' }), sender, at))).toMatchObject({
      code: 'OUTBOUND.MAIL_INVALID',
    });
    expect(withToken('a@b@example.com', 't')).toBe('a@b+c.t@example.com');
  });

  it('keeps the first and the last of a long thread, and no id that is none', () => {
    const references = Array.from({ length: 100 }, (_, n) => `<${'x'.repeat(20)}${n}@example.com>`);
    const { references: kept } = envelopeOf(
      command({ references, inReplyTo: '<last@example.com>' }),
      sender,
      at,
    );
    expect(kept[0]).toBe(references[0]);
    expect(kept.slice(-2)).toEqual([references[99], '<last@example.com>']);
    expect(kept.join(' ').length).toBeLessThanOrEqual(960);
    for (const inReplyTo of ['last@example.com', '<a b>', '<a>\r\nX: y']) {
      expect(failing(() => envelopeOf(command({ inReplyTo }), sender, at))).toMatchObject({
        code: 'OUTBOUND.MAIL_INVALID',
      });
    }
  });
});

it('a deferred mail waits five minutes, then longer, and four hours at the most', () => {
  const minutes = [1, 2, 3, 6, 7, 14].map((attempt) => deferralMs(attempt) / 60_000);
  expect(minutes).toEqual([5, 10, 20, 160, 240, 240]);
});
