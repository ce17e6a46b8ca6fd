import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { automaticReason } from './automatic-mail.js';
import { collectHeaders } from './mail-headers.js';

const mailbox = 'support@example.com';

function reasonOf(
  headers: readonly (readonly [string, string])[],
  { from = 'ada@example.com', replyTo = [] as string[], sender = undefined as string | undefined } = {},
) {
  const mail = { headers: collectHeaders(headers), from: { address: from, name: '' }, replyTo };
  return automaticReason({ ...mail, envelope: { sender, recipients: [mailbox] } }, mailbox);
}

describe('a mail is a machine’s', () => {
  it.each([
    ['Auto-Submitted', 'auto-replied', 'auto-submitted'],
    ['auto-submitted', 'Auto-Generated; owner-email="x" (comment)', 'auto-submitted'],
    ['Auto-Submitted', '', 'auto-submitted'],
    ['Return-Path', '<>', 'null-return-path'],
    ['Return-Path', '< > (comment)', 'null-return-path'],
    ['Return-Path', '<users-bounces+ada=example.com@example.org>', 'system-sender'],
    ['Sender', 'owner-users@example.org', 'system-sender'],
    ['List-Id', '<users.example.org>', 'mailing-list'],
    ['List-Post', '<mailto:users@example.org>', 'mailing-list'],
    ['List-Unsubscribe', '<mailto:leave@example.org>', 'mailing-list'],
    ['Precedence', 'BULK', 'precedence'],
    ['Precedence', 'list', 'precedence'],
    ['Precedence', 'junk', 'precedence'],
    ['Precedence', 'auto_reply', 'precedence'],
    ['X-Auto-Response-Suppress', 'DR, OOF', 'auto-response'],
    ['X-Auto-Response-Suppress', 'AutoReply', 'auto-response'],
    ['X-Auto-Response-Suppress', 'All', 'auto-response'],
    ['X-Autoreply', 'yes', 'auto-response'],
    ['X-Autorespond', 'holiday', 'auto-response'],
    ['X-Signalbox-Loop', 'anything', 'own-loop'],
    ['X-Loop', 'Support@example.com', 'own-loop'],
  ])('by %s: %s', (name, value, reason) => {
    expect(reasonOf([[name, value]])).toBe(reason);
  });

  it.each([
    ...['mailer-daemon', 'MAILER-DAEMON', 'postmaster', 'no-reply', 'noreply', 'do-not-reply', 'no-reply+x'],
    ...['owner-users', 'users-request', 'users-bounces'],
  ])('by its sender %s', (name) => {
    expect(reasonOf([], { from: `${name}@example.org`.toLowerCase() })).toBe('system-sender');
  });

  it('by the null return path of its envelope', () => {
    expect(reasonOf([], { sender: '' })).toBe('null-return-path');
  });

  it.each([
    { from: mailbox },
    { from: 'support+c.tok1@example.com' },
    { replyTo: ['ada@example.com', mailbox] },
  ])('by our own address in it: %o', (addresses) => {
    expect(reasonOf([], addresses)).toBe('own-address');
  });

  it('by the strongest reason where there are several', () => {
    const list = [
      ['List-Id', '<x>'],
      ['Precedence', 'list'],
      ['Return-Path', '<>'],
    ] as const;
    expect(reasonOf(list)).toBe('mailing-list');
    expect(reasonOf([...list, ['X-Signalbox-Loop', 'x']])).toBe('own-loop');
  });
});

describe('a mail is a person’s', () => {
  it.each([
    ['Auto-Submitted', 'no'],
    ['Auto-Submitted', ' No; x=y'],
    ['Return-Path', '<ada@example.com>'],
    ['Return-Path', '<bounces+123-ada=example.com@mail.example.org>'],
    ['Precedence', 'first-class'],
    ['X-Auto-Response-Suppress', 'DR, RN, NRN'],
    ['X-Autoreply', 'no'],
    ['X-Loop', 'other@example.com'],
    ['Subject', 'Automatic reply: Auto-Submitted'],
  ])('in spite of %s: %s', (name, value) => {
    expect(reasonOf([[name, value]])).toBeUndefined();
  });

  it.each(['ada.no-reply.x', 'postmasters', 'request', 'downer-x', 'bounces'])('who is called %s', (name) => {
    expect(reasonOf([], { from: `${name}@example.org` })).toBeUndefined();
  });

  it('when no mailbox is known and no sender', () => {
    const mail = { headers: collectHeaders([]), replyTo: [], envelope: { recipients: [] } };
    expect(automaticReason(mail, '')).toBeUndefined();
  });
});

it('fields are unfolded, and those of one name kept in their order', () => {
  const headers = collectHeaders([
    ['Received', ' by a\r\n\tfor b'],
    ['received', 'by c'],
  ]);
  expect(headers.get('received')).toEqual(['by a\tfor b', 'by c']);
});

it('whatever the headers, there is a verdict', () => {
  const names = ['auto-submitted', 'return-path', 'list-id', 'precedence', 'x-loop', 'sender', 'from'];
  const field = fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string()), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(fc.array(field), (fields) => {
      expect(['string', 'undefined']).toContain(typeof reasonOf(fields));
    }),
  );
});
