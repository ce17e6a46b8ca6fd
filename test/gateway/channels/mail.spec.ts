import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RawMailChannel } from '../../../src/modules/intake/channels/mail.channel.js';
import { updateOf, verifiesBasic } from '../mails.js';
import { inboundRequest } from '../requests.js';

const channel = new RawMailChannel();

verifiesBasic(channel);

describe('the credentials of a mail server', () => {
  const secrets: Record<string, string[]> = {
    'mail.webhook-user': ['server'],
    'mail.webhook-password': ['new-password', 'old-password'],
  };
  const verify = (credentials: string | undefined, known = secrets) => {
    const authorization = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
    return channel.verify(inboundRequest('', { headers: { authorization } }), (name) => known[name] ?? []);
  };

  it.each(['server:new-password', 'server:old-password'])('%s is known', (credentials) => {
    expect(verify(credentials)).toEqual({});
  });

  it.each([undefined, 'server:other', 'other:new-password', 'new-password:server', 'server', ':'])(
    '%s is not known',
    (credentials) => {
      expect(() => verify(credentials)).toThrow(expect.objectContaining({ kind: 'unauthenticated' }));
    },
  );

  it('without a user the channel is closed, whatever the password', () => {
    const onlyPassword = { 'mail.webhook-password': ['new-password'] };
    expect(() => verify(':new-password', onlyPassword)).toThrow(
      expect.objectContaining({ code: 'INTAKE.CHANNEL_CLOSED' }),
    );
  });
});

interface Expected {
  readonly file: string;
  readonly classification: {
    readonly action: 'process' | 'suppress-reply' | 'record-bounce';
    readonly list: boolean;
    readonly originalMessageId?: string;
    readonly status?: string;
    readonly replyText?: string;
    readonly threadRoot?: string;
  };
}

const folder = new URL('../../../../shared/providers/email/', import.meta.url);
const isThere = existsSync(folder);
const expected = isThere
  ? (JSON.parse(readFileSync(new URL('eml.expected.json', folder), 'utf8')) as { messages: Expected[] })
      .messages
  : [];

describe.skipIf(!isThere)('the collected mails (skipped without ../shared)', () => {
  const kinds = {
    process: 'MessageReceived',
    'suppress-reply': 'AutomaticMailReceived',
    'record-bounce': 'MailBounced',
  };

  it.each(expected)('$file is told as $classification.action', async ({ file, classification }) => {
    // Some were scrubbed to one address for sender and recipient: the server says where it delivered them.
    const delivered = Buffer.from('Delivered-To: desk@example.net\r\n');
    const { event, kind } = await updateOf(
      channel,
      Buffer.concat([delivered, readFileSync(new URL(file, folder))]),
    );
    expect(kind).toBe(kinds[classification.action]);
    const { originalMessageId, status, replyText, threadRoot } = classification;
    if (originalMessageId) expect(event?.message).toMatchObject({ originalReference: originalMessageId });
    if (status) expect(event?.message).toMatchObject({ status, permanent: true });
    if (replyText) expect(event?.message).toMatchObject({ text: replyText });
    if (threadRoot) expect(event?.partitionKey).toBe(`email:desk@example.net:${threadRoot}`);
    if (classification.list) expect(event?.message).toMatchObject({ reason: 'mailing-list' });
  });
});
