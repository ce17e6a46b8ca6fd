import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SendgridChannel } from '../../../src/modules/intake/channels/sendgrid.channel.js';
import { multipart, plainHeaders, png, source, updateOf, updatesOf, verifiesBasic } from '../mails.js';

const channel = new SendgridChannel();

verifiesBasic(channel);

const fields = (more: Readonly<Record<string, string | Buffer>> = {}) => ({
  headers:
    'Message-ID: <m-2@example.com>\nIn-Reply-To:\n <ours-1@example.com>\nDate: Fri, 20 Nov 2026 11:59:45 +0000\n',
  from: 'Ada Example <Ada@Example.com>',
  to: 'Support <support@example.com>',
  subject: 'Re: order',
  text: 'Thanks.',
  envelope: '{"to":["support+c.tok1@example.com"],"from":"ada@example.com"}',
  charsets: '{"to":"UTF-8","from":"UTF-8","subject":"UTF-8","text":"UTF-8"}',
  ...more,
});

const read = (given: ReturnType<typeof multipart>) => updateOf(channel, given.body, given.contentType);

describe('a parsed mail', () => {
  it('is a message, by its headers and its envelope', async () => {
    expect(await read(multipart(fields()))).toMatchObject({
      kind: 'MessageReceived',
      key: 'support@example.com:<m-2@example.com>',
      event: {
        partitionKey: 'email:support@example.com:token:tok1',
        message: {
          mailbox: 'support@example.com',
          sender: { address: 'ada@example.com', name: 'Ada Example' },
          sentAt: '2026-11-20T11:59:45.000Z',
          inReplyTo: '<ours-1@example.com>',
          subject: 'Re: order',
          text: 'Thanks.',
        },
      },
    });
  });

  it('has each field in a charset of its own', async () => {
    const given = fields({
      subject: Buffer.from('Gr\xfc\xdfe', 'latin1'),
      from: Buffer.from([
        ...Buffer.from('"'),
        0xcf,
        0xf0,
        0xe8,
        0xe2,
        0xe5,
        0xf2,
        ...Buffer.from('" <a@example.com>'),
      ]),
      text: Buffer.from([0x1b, 0x24, 0x42, 0x24, 0x39, 0x1b, 0x28, 0x42]),
      charsets: '{"subject":"iso-8859-1","from":"windows-1251","text":"iso-2022-jp"}',
    });
    const { event } = await read(multipart(given));
    expect(event?.message).toMatchObject({ subject: 'Grüße', sender: { name: 'Привет' }, text: 'す' });
  });

  it.each(['{"subject":"x-unheard-of"}', '{"subject":"utf-8"}', '{"subject":7}', '[', ''])(
    'with the charsets %s is read all the same',
    async (charsets) => {
      const subject = Buffer.from('Gr\xfc\xdfe', 'latin1');
      const { event } = await read(multipart(fields({ subject, charsets })));
      expect(event?.message).toMatchObject({ subject: 'Grüße' });
    },
  );

  it('in UTF-8, whatever else its charsets say, is read', async () => {
    const { event } = await read(multipart(fields({ text: 'Grüße', charsets: '{"text":"x-unheard-of"}' })));
    expect(event?.message).toMatchObject({ text: 'Grüße' });
  });

  it('has files, named as they were', async () => {
    const info = '{"attachment1":{"filename":"ärger/Bild.png","type":"application/pdf","content-id":"x"}}';
    const file = { field: 'attachment1', name: '_rger.png', type: 'image/gif', content: png };
    const update = await read(multipart(fields({ 'attachment-info': info }), [file]));
    expect(update.attachments).toMatchObject([
      { name: 'Bild.png', declaredType: 'application/pdf', mediaType: 'image/png', content: png },
    ]);
  });

  it('of the null return path is automatic', async () => {
    const { event } = await read(multipart(fields({ envelope: '{"to":["a@example.com"],"from":""}' })));
    expect(event?.message).toMatchObject({ reason: 'null-return-path' });
  });

  it('without a Message-ID is known by its fields, in whatever order and behind whatever boundary', async () => {
    const given = fields({ headers: 'Subject: x' });
    const turned = Object.fromEntries(Object.entries(given).reverse());
    const other = multipart(turned);
    const body = Buffer.from(other.body.toString('latin1').replaceAll('form-1', 'form-2'), 'latin1');
    const [one, two] = [
      await read(multipart(given)),
      await read({ body, contentType: other.contentType.replace('-1', '-2') }),
    ];
    expect(one.key).toMatch(/^support@example\.com:sha256:[0-9a-f]{64}$/);
    expect(two.key).toBe(one.key);
    expect((await read(multipart({ ...given, text: 'Other.' }))).key).not.toBe(one.key);
  });
});

it('a raw mail is read from its MIME, in the mailbox of the envelope', async () => {
  const email = source([...plainHeaders, 'Content-Type: text/plain; charset=iso-8859-1'], 'Gr\xfc\xdfe');
  const given = {
    email: Buffer.from(email, 'latin1'),
    envelope: '{"to":["desk@example.com"],"from":"x@example.com"}',
  };
  const { key, event } = await read(multipart(given));
  expect(key).toBe('desk@example.com:<m-1@example.com>');
  expect(event?.message).toMatchObject({ text: 'Grüße' });
});

describe('a form', () => {
  const whole = multipart(fields());
  const manyFields = Object.fromEntries(Array.from({ length: 1_200 }, (_, n) => [`f${n}`, 'x']));
  it.each([
    ['of other fields', multipart({ a: 'b' })],
    ['that breaks off', { ...whole, body: whole.body.subarray(0, -30) }],
    ['without a boundary', { ...whole, contentType: 'multipart/form-data' }],
    ['with another boundary', { ...whole, contentType: 'multipart/form-data; boundary=other' }],
    [
      'with an endless boundary',
      { ...whole, contentType: `multipart/form-data; boundary=${'x'.repeat(5_000)}` },
    ],
    ['of more than 1,200 parts', multipart({ ...fields(), ...manyFields })],
    ['of nothing', { ...whole, body: Buffer.alloc(0) }],
  ])('%s is refused', async (_what, { body, contentType }) => {
    await expect(updatesOf(channel, body, contentType)).rejects.toMatchObject({
      code: 'INTAKE.PAYLOAD_REFUSED',
    });
  });
});

const sample = new URL('../../../../shared/providers/email/sendgrid.inbound.multipart.txt', import.meta.url);
it.skipIf(!existsSync(sample))('the collected form is a message (skipped without ../shared)', async () => {
  const given = { body: readFileSync(sample), contentType: 'multipart/form-data; boundary=xYzZY' };
  const update = await read(given);
  expect(update).toMatchObject({ kind: 'MessageReceived', attachments: [{ name: 'note.txt' }] });
  expect(update.event?.message).toMatchObject({ text: 'Thanks', reference: '<m-0002@example.com>' });
});

it('whatever SendGrid may post is read, or refused as invalid', async () => {
  const names = ['headers', 'from', 'to', 'text', 'html', 'envelope', 'charsets', 'email', 'attachment-info'];
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.constantFrom('\r\n--form-1', '\r\n--form-1--'),
  );
  const forms = fc.dictionary(fc.constantFrom(...names), value).map((given) => multipart(given).body);
  const cut = fc.tuple(forms, fc.nat(400)).map(([body, most]) => body.subarray(0, most));
  await fc.assert(
    fc.asyncProperty(fc.oneof(forms, cut), async (body) => {
      await updatesOf(channel, body, 'multipart/form-data; boundary=form-1').catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'INTAKE.PAYLOAD_REFUSED' });
      });
    }),
    { numRuns: 500 },
  );
});
