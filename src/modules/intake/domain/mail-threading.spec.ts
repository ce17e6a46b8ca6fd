import { describe, expect, it } from 'vitest';
import { addressOf, mailboxOf } from './mail-addresses.js';
import { conversationOf } from './mail-threading.js';
import { messageIds } from './message-ids.js';

const mailbox = 'support@example.com';
const mail = {
  envelope: { recipients: [mailbox] },
  to: [] as string[],
  cc: [] as string[],
  references: ['<root@example.com>', '<last@example.com>'],
  inReplyTo: '<last@example.com>',
};
const place = (more: Partial<typeof mail>) =>
  conversationOf({ ...mail, ...more }, mailbox, '<own@example.com>');

describe('a mail belongs to the conversation', () => {
  it('of our token in its recipient, before all else', () => {
    const recipients = ['support+c.tok_1-x@example.com'];
    expect(place({ envelope: { recipients } })).toBe('email:support@example.com:token:tok_1-x');
  });

  it('of our token among those it is also to', () => {
    expect(place({ cc: ['ada@example.com', 'support+c.tok2@example.com'] })).toBe(
      'email:support@example.com:token:tok2',
    );
  });

  it.each([
    'other+c.tok@example.com',
    'support+c.tok@example.org',
    'support+35436@example.com',
    'support+c.@example.com',
  ])('of its references where a token is not ours: %s', (address) => {
    expect(place({ to: [address] })).toBe('email:support@example.com:<root@example.com>');
  });

  it('of what it answers, else of itself', () => {
    expect(place({ references: [] })).toBe('email:support@example.com:<last@example.com>');
    expect(place({ references: [], inReplyTo: undefined })).toBe(
      'email:support@example.com:<own@example.com>',
    );
  });
});

describe('ids of messages', () => {
  it.each([
    ['<a@example.com>', ['<a@example.com>']],
    ['<a@example.com>\t<b@example.com>', ['<a@example.com>', '<b@example.com>']],
    ['Your message of today (<no comment) <a@example.com>', ['<a@example.com>']],
    ['a@example.com', ['<a@example.com>']],
    [`<${'x'.repeat(501)}>`, []],
    ['<>', []],
    ['< a@example.com >', []],
    ['<a\0@example.com>', []],
    ['words', []],
    [undefined, []],
  ])('in %o are %o', (value, ids) => {
    expect(messageIds(value)).toEqual(ids);
  });

  it('are a hundred at the most', () => {
    expect(messageIds('<a@example.com>'.repeat(5_000))).toHaveLength(100);
  });
});

describe('an address', () => {
  it.each([
    [' Ada@Example.COM ', 'ada@example.com'],
    ['<ada@example.com>', 'ada@example.com'],
    ['"a b"@example.com', '"a b"@example.com'],
    ['ada', ''],
    ['ada@', ''],
    ['a b@example.com', ''],
    ['a@b@example.com', ''],
    [`${'a'.repeat(320)}@example.com`, ''],
    [undefined, ''],
  ])('of %o is %o', (text, address) => {
    expect(addressOf(text)).toBe(address);
  });

  it.each([
    ['support+c.tok@example.com', 'support@example.com'],
    ['support@example.com', 'support@example.com'],
    ['+c.tok@example.com', '+c.tok@example.com'],
    ['"a+b"@example.com', '"a+b"@example.com'],
  ])('%s is of the mailbox %s', (address, box) => {
    expect(mailboxOf(address)).toBe(box);
  });
});
