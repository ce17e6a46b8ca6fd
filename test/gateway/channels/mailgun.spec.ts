import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MailgunChannel } from '../../../src/modules/intake/channels/mailgun.channel.js';
import { hmac, textKey } from '../../../src/modules/intake/channels/signatures.js';
import { multipart, plainHeaders, png, source, updateOf, updatesOf } from '../mails.js';
import { inboundRequest } from '../requests.js';
import { verifiesVectors } from '../vectors.js';

const channel = new MailgunChannel();
const urlencoded = 'application/x-www-form-urlencoded';

verifiesVectors({ provider: 'email', schemes: ['mailgun'], channel });

const now = new Date('2026-11-20T12:00:00Z');

function signatureOf(token: string, seconds = now.getTime() / 1000, key = 'key') {
  const timestamp = String(seconds);
  return { timestamp, token, signature: hmac(textKey(key), timestamp, token).toString('hex') };
}

const verify = (body: Buffer | string, contentType: string) =>
  channel.verify(inboundRequest(body, { headers: { 'content-type': contentType } }), () => ['old', 'key']);

describe('the signature', () => {
  const { signature, ...rest } = signatureOf('t1');
  const signatureFile = multipart(rest, [
    { field: 'signature', name: 'x', type: 'text/plain', content: Buffer.from(signature) },
  ]);

  it.each([
    ['among URL-encoded fields', new URLSearchParams(signatureOf('t1')).toString(), urlencoded],
    ['in JSON', JSON.stringify({ signature: signatureOf('t1') }), 'application/json; charset=utf-8'],
    ['of twelve hours ago', new URLSearchParams(signatureOf('t1', 1_795_132_800)).toString(), urlencoded],
  ])('%s is taken', async (_what, body, type) => {
    expect(await verify(body, type)).toEqual({ requestKey: 'token:t1' });
  });

  it('among the parts of a form is taken', async () => {
    const form = multipart(signatureOf('t1'), [
      { field: 'attachment-1', name: 'x', type: 'a/b', content: png },
    ]);
    expect(await verify(form.body, form.contentType)).toEqual({ requestKey: 'token:t1' });
  });

  it.each([
    ['too old', new URLSearchParams(signatureOf('t1', 1_795_132_799)).toString(), urlencoded],
    ['of the future', new URLSearchParams(signatureOf('t1', 1_795_176_301)).toString(), urlencoded],
    ['of another key', new URLSearchParams(signatureOf('t1', undefined, 'other')).toString(), urlencoded],
    ['whose digits were moved from the time to the token', digitsMoved(), urlencoded],
    ['missing', 'a=b', urlencoded],
    [
      'lost among too many fields',
      `${'&a'.repeat(1_300)}&${new URLSearchParams(signatureOf('t1')).toString()}`,
      urlencoded,
    ],
    ['in a file', signatureFile.body, signatureFile.contentType],
    ['of no JSON', '{', 'application/json'],
    ['of JSON that is no object', '7', 'application/json'],
    ['of a form that breaks off', '--form-1\r\n', 'multipart/form-data; boundary=form-1'],
    ['of a form without boundary', 'x', 'multipart/form-data'],
  ])('%s is refused', async (_what, body, type) => {
    await expect(verify(body, type)).rejects.toMatchObject({ kind: 'unauthenticated' });
  });

  function digitsMoved(): string {
    const { timestamp, token, signature } = signatureOf('t1');
    const moved = { timestamp: timestamp.slice(0, 9), token: timestamp.slice(9) + token, signature };
    return new URLSearchParams(moved).toString();
  }
});

const fields = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  recipient: 'Support+c.tok1@example.com',
  sender: 'bounce+x@example.com',
  from: 'Ada Example <Ada@Example.com>',
  subject: 'Re: order',
  'body-plain': 'Thanks.\n\n> on its way',
  'stripped-text': 'Thanks, stripped.',
  'message-headers': '[["Message-Id","<m-2@example.com>"],["In-Reply-To","<ours-1@example.com>"]]',
  ...signatureOf('t1'),
  ...more,
});

const read = (given: Record<string, string>) =>
  updateOf(channel, new URLSearchParams(given).toString(), urlencoded);

describe('a mail', () => {
  it('is a message, by its headers and its recipient', async () => {
    expect(await read(fields())).toMatchObject({
      kind: 'MessageReceived',
      key: 'support@example.com:<m-2@example.com>',
      order: { key: 'token:t1#0' },
      event: {
        partitionKey: 'email:support@example.com:token:tok1',
        message: {
          sender: { address: 'ada@example.com', name: 'Ada Example' },
          inReplyTo: '<ours-1@example.com>',
          text: 'Thanks, stripped.',
        },
      },
    });
  });

  it.each([
    ['Mailgun strips nothing', { 'stripped-text': '' }, 'Thanks.'],
    ['there is only HTML', { 'stripped-text': '', 'body-plain': '', 'body-html': '<p>HTML</p>' }, 'HTML'],
  ])('where %s is told as text', async (_what, more, text) => {
    expect((await read(fields(more))).event?.message).toMatchObject({ text });
  });

  it('whose headers are broken has those beside them', async () => {
    const more = {
      'message-headers': '[["Message-Id",',
      'Message-Id': '<m-3@example.com>',
      'Auto-Submitted': 'yes',
    };
    expect(await read(fields(more))).toMatchObject({
      key: 'support@example.com:<m-3@example.com>',
      event: { message: { reason: 'auto-submitted' } },
    });
  });

  it('without a Message-ID has the same key at each attempt', async () => {
    const [one, two] = await Promise.all(
      ['t1', 't2'].map((token) => read(fields({ 'message-headers': '[]', ...signatureOf(token) }))),
    );
    expect(one?.key).toMatch(/^support@example\.com:sha256:/);
    expect(two?.key).toBe(one?.key);
  });

  it('with files comes as a form of parts', async () => {
    const file = { field: 'attachment-1', name: 'bild.png', type: 'image/png', content: png };
    const { body, contentType } = multipart(fields(), [file]);
    const update = await updateOf(channel, body, contentType);
    expect(update.attachments).toMatchObject([{ name: 'bild.png', mediaType: 'image/png', content: png }]);
  });

  it('is bound to the token that was verified, not to a file of that name', async () => {
    const { token, ...others } = fields();
    const file = { field: 'token', name: 'x', type: 'text/plain', content: Buffer.from('forged') };
    const [head, tail] = [multipart({}, [file]), multipart({ token: token ?? '', ...others })];
    const body = Buffer.concat([head.body.subarray(0, -'--form-1--\r\n'.length), tail.body]);
    expect(await updateOf(channel, body, tail.contentType)).toMatchObject({ order: { key: 'token:t1#0' } });
  });

  it('in MIME is read as it is', async () => {
    const { body, contentType } = multipart({
      recipient: 'desk@example.com',
      'body-mime': source(plainHeaders),
    });
    expect((await updateOf(channel, body, contentType)).key).toBe('desk@example.com:<m-1@example.com>');
  });

  it('of other fields is refused', async () => {
    await expect(read(signatureOf('t1'))).rejects.toMatchObject({ code: 'INTAKE.PAYLOAD_REFUSED' });
  });
});

it('whatever Mailgun may post is read, or refused as invalid', async () => {
  const names = [...Object.keys(fields()), 'body-mime', 'body-html', 'Message-Id', 'References'];
  const forms = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.string({ unit: 'binary' }), fc.json()));
  const events = fc.record({ signature: fc.jsonValue(), 'event-data': fc.jsonValue() }, { requiredKeys: [] });
  const bodies = fc.oneof(
    forms.map((form) => ({ body: new URLSearchParams(form).toString(), type: urlencoded })),
    fc.string({ unit: 'binary' }).map((body) => ({ body, type: urlencoded })),
    events.map((event) => ({ body: JSON.stringify(event), type: 'application/json' })),
  );
  await fc.assert(
    fc.asyncProperty(bodies, async ({ body, type }) => {
      await updatesOf(channel, body, type).catch((error: unknown) => {
        expect(error).toMatchObject({
          kind: 'invalid',
          code: expect.not.stringMatching(/^MESSAGING/) as string,
        });
      });
    }),
    { numRuns: 500, examples: [[{ body: 'recipient=a&token=%00', type: urlencoded }]] },
  );
});
