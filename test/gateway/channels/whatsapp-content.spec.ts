import { describe, expect, it } from 'vitest';
import { WhatsappChannel } from '../../../src/modules/intake/channels/whatsapp.channel.js';
import type { NormalisedEvent } from '../../../src/modules/intake/channels/channel.js';
import { inboundRequest } from '../requests.js';
import { delivery, message, messageOf, phone, userId, value } from './whatsapp-samples.js';

const channel = new WhatsappChannel();

function eventOf(one: unknown): NormalisedEvent | undefined {
  const request = inboundRequest(delivery(value({ messages: [one] })));
  return channel.read(request, '01890000-0000-7000-8000-000000000001')[0]?.event;
}

/** What a message becomes. */
function told(one: unknown): unknown {
  return eventOf(one)?.message;
}

const choice = (type: string, part: object): object => ({ type, [type]: part });

describe('a message', () => {
  const file = { id: '4001', mime_type: 'image/jpeg', sha256: 'AAAA' };
  const documented: readonly [string, unknown, object][] = [
    [
      'an image with a caption',
      messageOf('image', { ...file, caption: 'The dent' }),
      {
        ...{ kind: 'image', text: 'The dent' },
        files: [{ mediaId: '4001', name: 'image.jpeg', mediaType: 'image/jpeg' }],
      },
    ],
    [
      'a document',
      messageOf('document', { ...file, mime_type: 'application/pdf', filename: '../a/offer\u202efdp.exe' }),
      {
        ...{ kind: 'document', text: '' },
        files: [{ mediaId: '4001', name: '.._a_offer_fdp.exe', mediaType: 'application/pdf' }],
      },
    ],
    [
      'a voice message',
      messageOf('audio', { ...file, mime_type: 'Audio/OGG; codecs=opus', voice: true }),
      { kind: 'audio', files: [{ mediaId: '4001', name: 'audio.ogg', mediaType: 'audio/ogg' }] },
    ],
    [
      'a video of no readable type',
      messageOf('video', { id: '4001', mime_type: 'film' }),
      { kind: 'video', files: [{ mediaId: '4001', name: 'video', mediaType: 'application/octet-stream' }] },
    ],
    [
      'a sticker',
      messageOf('sticker', { ...file, mime_type: 'image/webp', animated: false }),
      { kind: 'sticker', files: [{ mediaId: '4001', name: 'sticker.webp', mediaType: 'image/webp' }] },
    ],
    [
      'a location',
      messageOf('location', {
        latitude: 52.5,
        longitude: -13.25,
        name: 'Depot',
        address: '1 Example Street',
      }),
      { kind: 'location', text: 'Depot\n1 Example Street\n52.5, -13.25' },
    ],
    [
      'business cards',
      messageOf('contacts', [
        {
          name: { formatted_name: 'Grace Example' },
          org: { company: 'Example Ltd' },
          phones: [{ phone: '+1 555-010-0002', wa_id: '15550100002' }],
          emails: [{ email: 'grace@example.com' }],
        },
        { name: { formatted_name: 'Alan Example' } },
      ]),
      {
        kind: 'contacts',
        text: 'Grace Example, Example Ltd, +1 555-010-0002, grace@example.com\nAlan Example',
      },
    ],
    [
      'a button of ours',
      messageOf('interactive', choice('button_reply', { id: 'yes', title: 'Yes, please' })),
      { kind: 'choice', text: 'Yes, please', choice: { id: 'yes', title: 'Yes, please' } },
    ],
    [
      'a row of our list',
      messageOf('interactive', choice('list_reply', { id: 'r2', title: 'Billing', description: 'Invoices' })),
      { kind: 'choice', text: 'Billing', choice: { id: 'r2', title: 'Billing' } },
    ],
    [
      'a form of ours',
      messageOf(
        'interactive',
        choice('nfm_reply', { name: 'flow', body: 'Sent', response_json: '{"flow_token":"t1","size":"L"}' }),
      ),
      {
        kind: 'choice',
        text: '{"flow_token":"t1","size":"L"}',
        choice: { id: 'flow', title: 'Sent' },
      },
    ],
    [
      "a template's quick reply",
      messageOf('button', { payload: 'STOP', text: 'No more of this' }),
      { kind: 'choice', text: 'No more of this', choice: { id: 'STOP', title: 'No more of this' } },
    ],
    [
      'a quick reply without payload',
      messageOf('button', { text: 'Stop' }),
      { kind: 'choice', choice: { id: 'Stop', title: 'Stop' } },
    ],
    [
      'an order',
      messageOf('order', {
        catalog_id: '9',
        text: 'For Monday',
        product_items: [
          { product_retailer_id: 'SKU-1', quantity: 2, item_price: 9.5, currency: 'EUR' },
          { product_retailer_id: 'SKU-2', quantity: 1 },
        ],
      }),
      { kind: 'order', text: '2 × SKU-1 at 9.5 EUR\n1 × SKU-2\nFor Monday' },
    ],
    [
      'what WhatsApp calls unsupported',
      message({
        ...{ type: 'unsupported', text: undefined },
        errors: [{ code: 131051, title: 'Unknown', error_data: { details: 'This type is not supported.' } }],
      }),
      { kind: 'unsupported', text: 'This type is not supported.' },
    ],
    [
      'a type of tomorrow',
      messageOf('hologram', { url: 'https://example.com' }),
      { kind: 'unsupported', text: 'A message of type hologram that cannot be shown here.' },
    ],
  ];
  it.each(documented)('of %s is told as what it is', (_what, one, expected) => {
    expect(told(one)).toMatchObject({ files: [], ...expected });
  });

  it.each([
    ['no type', message({ type: undefined })],
    ['a type that every object has', messageOf('constructor', {})],
    ['a text that is none', messageOf('text', { body: 1 })],
    ['an image without id', messageOf('image', { mime_type: 'image/png' })],
    ['a location without place', messageOf('location', { name: 'Depot' })],
    ['half a location', messageOf('location', { longitude: 13.25 })],
    ['business cards that are no list', messageOf('contacts', {})],
    ['a choice of nothing', messageOf('interactive', choice('button_reply', { title: 'Yes' }))],
    [
      'a choice whose id is too long',
      messageOf('interactive', choice('list_reply', { id: 'x'.repeat(1_001) })),
    ],
    ['an answer of another kind', messageOf('interactive', { type: 'call_permission_reply' })],
    ['an order of nothing', messageOf('order', {})],
  ])('with %s is unsupported, and not lost', (_what, one) => {
    expect(told(one)).toMatchObject({ kind: 'unsupported', text: expect.stringMatching(/^A message/) });
  });

  it('is cut to what the contract takes', () => {
    const long = 'é'.repeat(100_001);
    expect(told(messageOf('text', { body: long }))).toMatchObject({ text: long.slice(1) });
    expect(told(messageOf('text', { body: 'a\u0000b\ud800' }))).toMatchObject({ text: 'ab\ufffd' });
  });

  it('of WhatsApp itself opens no window to answer in, and is about all that it names', () => {
    const change = { type: 'user_changed_number', body: 'Ada changed her number', wa_id: '15550100003' };
    const system = { ...change, user_id: 'US.2', previous_user_id: userId };
    const event = eventOf(messageOf('system', system));
    expect(event).toMatchObject({
      dataSubjects: [
        `phone:+${phone}`,
        'phone:+15550100003',
        `whatsapp-user:${userId}`,
        'whatsapp-user:US.2',
      ],
      message: { kind: 'system', text: 'Ada changed her number', sender: { address: `+${phone}`, userId } },
    });
    expect(event?.message).toHaveProperty('replyUntil', undefined);
  });
});
