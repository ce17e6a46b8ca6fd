import { describe, expect, it } from 'vitest';
import { RawMailChannel } from '../../../src/modules/intake/channels/mail.channel.js';
import { plainHeaders, png, source, updateOf, updatesOf } from '../mails.js';

const channel = new RawMailChannel();

describe('the files of a mail', () => {
  const part = (headers: readonly string[], content: Buffer): string[] => {
    const encoded = content.toString('base64').replace(/.{76}/g, '$&\r\n');
    return ['--b', ...headers, 'Content-Transfer-Encoding: base64', '', encoded];
  };
  const withParts = (parts: readonly string[][], type = 'multipart/mixed'): string =>
    source([...plainHeaders, `Content-Type: ${type}; boundary=b`], [...parts.flat()]);

  it('are typed by their bytes and named harmlessly; inline images are among them', async () => {
    const update = await updateOf(
      channel,
      withParts([
        ['--b', 'Content-Type: text/plain', '', 'See the picture.'],
        part(
          ['Content-Type: application/pdf', 'Content-Disposition: inline; filename="../../x/logo.pdf"'],
          png,
        ),
        part(
          ['Content-Type: image/png', "Content-Disposition: attachment; filename*=utf-8''%E2%80%AEgpj.exe"],
          Buffer.from('MZ plain'),
        ),
        ['--b', 'Content-Type: message/rfc822', '', 'From: x@example.com', '', 'inner'],
      ]),
    );
    expect(update.event?.message).toMatchObject({
      text: 'See the picture.',
      files: [
        { name: 'logo.pdf', mediaType: 'image/png', size: png.length },
        { name: 'gpj.exe', mediaType: expect.not.stringContaining('image') as string },
        { name: 'file', mediaType: 'application/octet-stream' },
      ],
    });
    expect(update.attachments).toMatchObject([
      { name: 'logo.pdf', declaredType: 'application/pdf', mediaType: 'image/png', content: png },
      { name: 'gpj.exe', declaredType: 'image/png' },
      { name: 'file', declaredType: 'message/rfc822' },
    ]);
    const ids = (update.event?.message as { files: { id?: string }[] }).files.map(({ id }) => id);
    expect(ids).toEqual(update.attachments?.map(({ id }) => id));
  });

  it('without a name or a type are files all the same', async () => {
    const { event } = await updateOf(
      channel,
      withParts([['--b', 'Content-Type:', 'x/y', '', 'text', '--b--']]),
    );
    expect(event?.message).toMatchObject({
      files: [{ name: 'file', mediaType: 'application/octet-stream' }],
    });
  });

  it('of types that are none are stored as of an unknown one', async () => {
    const { attachments } = await updateOf(
      channel,
      withParts([part(['Content-Type: image/p\0ng'], png), part(['Content-Type: image'], png)]),
    );
    const unknown = 'application/octet-stream';
    expect(attachments?.map(({ declaredType }) => declaredType)).toEqual([unknown, unknown]);
  });

  it('beyond the fiftieth, or of more than 25 MiB, are named without an id', async () => {
    const large = Buffer.alloc(25 * 1024 * 1024 + 1, 0x20);
    const small = Array.from({ length: 50 }, () => part(['Content-Type: image/png'], png));
    const parts = [part(['Content-Type: text/csv'], large), ...small, part(['Content-Type: image/gif'], png)];
    const { event, attachments } = await updateOf(channel, withParts(parts));
    const { files } = event?.message as { files: { id?: string; size: number }[] };
    expect(attachments).toHaveLength(50);
    expect(files).toHaveLength(52);
    expect(files[0]).toEqual({ name: 'file', mediaType: 'application/octet-stream', size: large.length });
    expect(files[51]?.id).toBeUndefined();
  });
});

describe('a report', () => {
  const report = (type: string, parts: readonly string[]): string =>
    source([...plainHeaders, `Content-Type: multipart/report; report-type=${type}; boundary=b`], parts);

  it('of failed deliveries is a bounce for each recipient; the delayed are left out', async () => {
    const updates = await updatesOf(
      channel,
      report('delivery-status', [
        ...['--b', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.example.com', ''],
        ...['Original-Recipient: rfc822; One@example.com', 'Final-Recipient: rfc822; x@example.org'],
        ...['Action: failed', 'Status: 5.1.1', 'Diagnostic-Code: smtp; 550 5.1.1 unknown', ''],
        ...['Final-Recipient: rfc822; two@example.com', 'Action: delayed', 'Status: 4.4.1', ''],
        ...['Final-Recipient: rfc822; three@example.com', 'Action: failed', 'Status: 4.4.7', ''],
        ...[
          '--b',
          'Content-Type: message/rfc822',
          '',
          'Message-ID: <ours-1@example.com>',
          '',
          'Hello.',
          '--b--',
        ],
      ]),
    );
    const common = { kind: 'bounce', originalReference: '<ours-1@example.com>' };
    expect(updates).toMatchObject([
      {
        key: 'support@example.com:<m-1@example.com>#0',
        event: {
          dataSubjects: ['email:one@example.com'],
          message: { ...common, recipient: 'one@example.com', status: '5.1.1', permanent: true },
        },
      },
      {
        event: { message: { ...common, recipient: 'three@example.com', status: '4.4.7', permanent: false } },
      },
    ]);
  });

  it.each([
    ['of a delay', 'delivery-status', 'message/delivery-status', 'Action: delayed'],
    ['that a mail was read', 'disposition-notification', 'message/disposition-notification', 'x: y'],
  ])('%s is ignored', async (_what, type, partType, field) => {
    const parts = [
      '--b',
      `Content-Type: ${partType}`,
      '',
      field,
      '',
      'Final-Recipient: rfc822; a@example.com',
    ];
    expect(await updateOf(channel, report(type, [...parts, field, '--b--']))).toMatchObject({
      ignored: expect.any(String) as string,
    });
  });

  it('of another kind is an automatic mail', async () => {
    const { kind, event } = await updateOf(channel, report('feedback-report', ['--b', '', 'x', '--b--']));
    expect(kind).toBe('AutomaticMailReceived');
    expect(event?.message).toMatchObject({ reason: 'report' });
  });
});
