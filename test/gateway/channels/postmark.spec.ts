import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PostmarkChannel } from '../../../src/modules/intake/channels/postmark.channel.js';
import { png, source, updateOf, updatesOf, verifiesBasic } from '../mails.js';

const channel = new PostmarkChannel();

verifiesBasic(channel);

const header = (name: string, value: string) => ({ Name: name, Value: value });

const inbound = (more: object = {}): object => ({
  From: 'Ada@Example.com',
  FromFull: { Email: 'Ada@Example.com', Name: 'Ada\u202e Example', MailboxHash: '' },
  ToFull: [{ Email: 'hash+c.tok1@inbound.example.com', Name: '', MailboxHash: 'c.tok1' }],
  CcFull: [],
  OriginalRecipient: 'Hash+c.tok1@inbound.example.com',
  Subject: 'Re: order',
  MessageID: 'b5f9b9a4-0000-4000-8000-000000000001',
  ReplyTo: '',
  Date: 'Fri, 20 Nov 2026 11:59:45 +0000',
  TextBody: 'Thanks.\n\nOn Friday we wrote:\n> on its way\n',
  HtmlBody: '<p>Thanks.</p>',
  StrippedTextReply: 'Thanks.',
  Headers: [
    header('Message-ID', '<m-2@example.com>'),
    header('References', '<m-1@example.com> <o-1@example.com>'),
  ],
  Attachments: [{ Name: 'a/b.png', Content: png.toString('base64'), ContentType: 'text/plain; x=y' }],
  ...more,
});

describe('an inbound mail', () => {
  it('is a message, by the Message-ID of its headers and the token of its recipient', async () => {
    expect(await updateOf(channel, inbound())).toMatchObject({
      kind: 'MessageReceived',
      key: 'hash@inbound.example.com:<m-2@example.com>',
      attachments: [{ name: 'b.png', declaredType: 'text/plain', mediaType: 'image/png', content: png }],
      event: {
        partitionKey: 'email:hash@inbound.example.com:token:tok1',
        message: {
          mailbox: 'hash@inbound.example.com',
          sender: { kind: 'email', address: 'ada@example.com', name: 'Ada Example' },
          sentAt: '2026-11-20T11:59:45.000Z',
          text: 'Thanks.',
          files: [{ name: 'b.png', mediaType: 'image/png', size: png.length }],
        },
      },
    });
  });

  it('without a Message-ID is known by the id that Postmark gave it', async () => {
    const { key } = await updateOf(channel, inbound({ Headers: [] }));
    expect(key).toBe('hash@inbound.example.com:postmark:b5f9b9a4-0000-4000-8000-000000000001');
  });

  it('is stored whatever its id is', async () => {
    const { key } = await updateOf(
      channel,
      inbound({ MessageID: `\0\ud800${'x'.repeat(2_000)}`, Headers: [] }),
    );
    expect(key).toMatch(/:postmark:x{200}$/);
  });

  it.each([
    ['its text without the history', { StrippedTextReply: '' }, 'Thanks.'],
    ['its HTML', { StrippedTextReply: '', TextBody: ' ', HtmlBody: '<p>From <i>HTML</i></p>' }, 'From HTML'],
  ])('without a stripped reply is told by %s', async (_what, more, text) => {
    const { event } = await updateOf(channel, inbound(more));
    expect(event?.message).toMatchObject({ text });
  });

  it('of a machine is told as automatic', async () => {
    const Headers = [header('Auto-Submitted', 'auto-replied (vacation)')];
    const { kind, event } = await updateOf(channel, inbound({ Headers }));
    expect(kind).toBe('AutomaticMailReceived');
    expect(event?.message).toMatchObject({ reason: 'auto-submitted' });
  });

  it('that reports a failure is read from the raw mail', async () => {
    const type = 'multipart/report; report-type=delivery-status; boundary=b';
    const status = [
      '',
      'Final-Recipient: rfc822; one@example.com',
      'Action: failed',
      'Status: 5.2.1',
      '',
      '--b--',
    ];
    const RawEmail = source(
      [`Content-Type: ${type}`, 'Message-ID: <dsn-1@example.com>'],
      ['--b', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; x', ...status],
    );
    const update = await updateOf(channel, inbound({ RawEmail, Headers: [header('Content-Type', type)] }));
    expect(update).toMatchObject({
      kind: 'MailBounced',
      key: 'hash@inbound.example.com:<dsn-1@example.com>#0',
      event: { message: { recipient: 'one@example.com', status: '5.2.1', permanent: true } },
    });
  });

  it.each([
    ['no object', []],
    ['no MessageID', inbound({ MessageID: 7 })],
    ['no headers', inbound({ Headers: 'x' })],
  ])('of %s is refused', async (_what, body) => {
    await expect(updatesOf(channel, body)).rejects.toMatchObject({ code: 'INTAKE.PAYLOAD_REFUSED' });
  });
});

it('whatever Postmark may post is read, or refused as invalid', async () => {
  const names = [
    ...[
      'From',
      'FromFull',
      'ToFull',
      'CcFull',
      'Headers',
      'Attachments',
      'MessageID',
      'RecordType',
      'Type',
      'Email',
    ],
    ...['Date', 'TextBody', 'HtmlBody', 'OriginalRecipient', 'RawEmail', 'ReplyTo', 'BouncedAt', 'Subject'],
  ];
  const bodies = fc.dictionary(fc.constantFrom(...names), fc.jsonValue());
  await fc.assert(
    fc.asyncProperty(bodies, fc.boolean(), async (body, isMail) => {
      const given = isMail ? { ...inbound(), ...body, RecordType: undefined } : body;
      await updatesOf(channel, given).catch((error: unknown) => {
        expect(error).toMatchObject({
          kind: 'invalid',
          code: expect.not.stringMatching(/^MESSAGING/) as string,
        });
      });
    }),
    { numRuns: 500 },
  );
});
