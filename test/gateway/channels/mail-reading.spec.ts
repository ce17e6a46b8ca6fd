import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RawMailChannel } from '../../../src/modules/intake/channels/mail.channel.js';
import { plainHeaders, source, updateOf, updatesOf } from '../mails.js';

const channel = new RawMailChannel();

describe('a mail', () => {
  it('of a person is a message, deduplicated by mailbox and Message-ID', async () => {
    const update = await updateOf(channel, source(plainHeaders, 'Hello,\n\nwhere is it?'));
    expect(update).toMatchObject({
      kind: 'MessageReceived',
      key: 'support@example.com:<m-1@example.com>',
      attachments: [],
      event: {
        partitionKey: 'email:support@example.com:<m-1@example.com>',
        dataSubjects: ['email:ada@example.com'],
        message: {
          mailbox: 'support@example.com',
          sender: { kind: 'email', address: 'ada@example.com', name: 'Ada Example' },
          sentAt: '2026-11-20T11:59:45.000Z',
          subject: 'Where is my order?',
          text: 'Hello,\n\nwhere is it?',
          reference: '<m-1@example.com>',
        },
      },
    });
  });

  it('without a Message-ID is known by its bytes', async () => {
    const headers = plainHeaders.slice(0, 5);
    const [one, again, other] = await Promise.all(
      ['Hello.', 'Hello.', 'Hello!'].map((body) => updateOf(channel, source(headers, body))),
    );
    expect(one?.key).toMatch(/^support@example\.com:sha256:[0-9a-f]{64}$/);
    expect(again?.key).toBe(one?.key);
    expect(other?.key).not.toBe(one?.key);
  });

  it.each(['Tue, 99 Foo 2026', 'Fri, 20 Nov 2099 11:59:45 +0000', 'Thu, 1 Jan 1970 00:00:00 +0000'])(
    'of an absurd date (%s) is as old as its arrival',
    async (date) => {
      const headers = [...plainHeaders.filter((line) => !line.startsWith('Date')), `Date: ${date}`];
      const { event } = await updateOf(channel, source(headers));
      expect(event?.message).toMatchObject({ sentAt: '2026-11-20T12:00:00.000Z' });
    },
  );

  it('with HTML only is told as text', async () => {
    const html = '<p>Hello <b>you</b></p><script>alert(1)</script>';
    const { event } = await updateOf(channel, source([...plainHeaders, 'Content-Type: text/html'], html));
    expect(event?.message).toMatchObject({ text: 'Hello you' });
  });

  it('with HTML too long to convert is told as far as it goes', async () => {
    const html = `<p>Hello</p>${'<i>x</i>'.repeat(50_000)}`;
    const { event } = await updateOf(channel, source([...plainHeaders, 'Content-Type: text/html'], html));
    expect((event?.message as { text: string }).text).toMatch(/^Hello\n\nxxx/);
  });

  it('with HTML too long to convert, and a footer, does not lose what the HTML says', async () => {
    const html = `<p>Hello</p>${'<i>x</i>'.repeat(50_000)}`;
    const parts = ['--b', 'Content-Type: text/html', '', html, '--b', '', 'The footer.', '--b--'];
    const { event } = await updateOf(
      channel,
      source([...plainHeaders, 'Content-Type: multipart/mixed; boundary=b'], parts),
    );
    expect((event?.message as { text: string }).text).toMatch(/^Hello\n\nxxx/);
  });

  it('with more text than 100,000 characters is cut', async () => {
    const { event } = await updateOf(channel, source(plainHeaders, '🙂'.repeat(60_000)));
    expect((event?.message as { text: string }).text).toBe('🙂'.repeat(50_000));
  });

  it('whose headers are folded, repeated, encoded or ended by LF alone is read', async () => {
    const text = [
      'From: =?utf-8?Q?J=C3=B6rg=0D=0ABcc=3A_x?=\n <joerg@example.com>',
      'To: Team: support+c.Ab1@example.com, other@example.com;',
      'Subject: =?utf-8?B?R3LDvMOfZQ0KQmNjOiB4?=',
      'Subject: second',
      'In-Reply-To: Your message (of today) <ours-1@example.com>',
      'Message-ID:\n <m-2@example.com>',
    ].join('\n');
    const { event } = await updateOf(channel, `${text}\n\nHello.\n`);
    expect(event).toMatchObject({
      partitionKey: 'email:support@example.com:token:ab1',
      message: {
        sender: { address: 'joerg@example.com', name: 'Jörg Bcc: x' },
        subject: 'Grüße Bcc: x',
        mailbox: 'support@example.com',
        inReplyTo: '<ours-1@example.com>',
        reference: '<m-2@example.com>',
      },
    });
  });

  it.each([
    ['an unknown charset', 'x-unheard-of', Buffer.from('Grüße')],
    ['a charset that lies', 'us-ascii', Buffer.from('Grüße')],
    ['Windows-1252', 'windows-1252', Buffer.from('Gr\xfc\xdfe', 'latin1')],
  ])('in %s is read', async (_what, charset, body) => {
    const head = source([...plainHeaders, `Content-Type: text/plain; charset=${charset}`], '');
    const { event } = await updateOf(channel, Buffer.concat([Buffer.from(head), body]));
    expect(event?.message).toMatchObject({ text: 'Grüße' });
  });

  it.each([
    ['nothing', ''],
    ['no header', '\r\n\r\nHello.'],
    ['words', 'Hello.'],
    ['too many parts', source(['Content-Type: multipart/mixed; boundary=b'], '--b\n\nx\n'.repeat(1_100))],
  ])('of %s is refused', async (_what, body) => {
    await expect(updatesOf(channel, body)).rejects.toMatchObject({ code: 'INTAKE.PAYLOAD_REFUSED' });
  });
});

describe('whatever is posted', () => {
  const token = fc.constantFrom(
    ...[
      'From: ',
      'To: ',
      'Message-ID: ',
      'Date: ',
      'Content-Type: ',
      'multipart/report; boundary=b',
      '--b',
      '--b--',
    ],
    ...[
      'text/html',
      'message/rfc822',
      'charset=utf-7',
      'Content-Transfer-Encoding: base64',
      '=?utf-8?B?',
      '?=',
    ],
    ...[
      'Content-Disposition: attachment; filename*0*=',
      'Content-Type:\r\nx/y',
      '<a@example.com>',
      '"',
      '(',
      ';',
    ],
    ...['\r\n', '\n', '\r', '\r\n\r\n', '\0', '\xff', ' ', ':', 'Action: failed\n', '<div>'],
  );
  const name = fc.stringMatching(/^[A-Za-z-]{1,20}$/);
  const bodies = fc.oneof(
    fc.array(token, { maxLength: 60 }).map((tokens) => Buffer.from(tokens.join(''), 'latin1')),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.dictionary(name, fc.string({ unit: 'binary' })), fc.string({ unit: 'binary' }))
      .map(([headers, body]) =>
        Buffer.from(
          source(
            Object.entries(headers).map(([key, value]) => `${key}: ${value}`),
            body,
          ),
        ),
      ),
  );

  it('is read, or refused as invalid', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        await updatesOf(channel, body).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'INTAKE.PAYLOAD_REFUSED' });
        });
      }),
      { numRuns: 500 },
    );
  });
});
