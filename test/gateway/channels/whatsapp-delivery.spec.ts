import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WhatsappChannel } from '../../../src/modules/intake/channels/whatsapp.channel.js';
import type { Update } from '../../../src/modules/intake/channels/channel.js';
import { definitionOf } from '../../../src/shared/kernel/message.js';
import { MessageValidators } from '../../../src/shared/messaging/validators.js';
import { inboundRequest } from '../requests.js';
import { contact, delivery, mailbox, message, phone, status, value } from './whatsapp-samples.js';

const channel = new WhatsappChannel();
const id = '01890000-0000-7000-8000-000000000001';
const folder = new URL('../../../../shared/providers/whatsapp/', import.meta.url);
const isThere = existsSync(folder);

function read(body: unknown): readonly Update[] {
  return channel.read(inboundRequest(body), id);
}

describe.skipIf(!isThere)("the provider's deliveries (skipped without ../shared)", () => {
  const files = isThere ? readdirSync(folder).filter((name) => name.startsWith('webhook.')) : [];
  it('are there', () => expect(files.length).toBeGreaterThan(10));
  it.each(files)('%s is read', (file) => {
    const updates = read(readFileSync(new URL(file, folder)));
    expect(updates.length).toBeGreaterThan(0);
    for (const update of updates) {
      expect(update.event).toBeDefined();
      expectSound(update);
    }
  });
});

describe('a delivery', () => {
  it('tells each thing by itself, of several entries and changes', () => {
    const errors = [{ code: 130429, title: 'Rate limit hit' }];
    const values = [
      value({ messages: [message(), message({ id: 'wamid.2' })], statuses: [status('read')] }),
      value({ errors }),
    ];
    const [entry] = delivery(...values)['entry'] as unknown[];
    const [other] = delivery(value({ statuses: [status('sent')] }))['entry'] as unknown[];
    const updates = read({ object: 'whatsapp_business_account', entry: [entry, other] });
    expect(updates.map(({ key }) => key)).toEqual([
      'wamid.1',
      'wamid.2',
      'status:wamid.ours:read',
      expect.stringMatching(/^error:/),
      'status:wamid.ours:sent',
    ]);
    const ids = updates.slice(0, 2).map(({ event }) => (event?.message as { messageId: string }).messageId);
    expect(new Set([id, ...ids]).size).toBe(3);
  });

  it('of other fields is kept and ignored, each change by itself', () => {
    const changes = [
      { field: 'account_update', value: { event: 'X' } },
      { field: 'message_echoes\u0000', value: { messages: [message()] } },
      { field: 'messages', value: { messaging_product: 'whatsapp' } },
    ];
    const updates = read({ object: 'whatsapp_business_account', entry: [{ id: '1', changes }] });
    expect(updates.map(({ ignored }) => ignored)).toEqual([
      'Changes of account_update are not used.',
      'Changes of another kind are not used.',
      'A change has no messages, statuses or errors.',
    ]);
    expect(new Set(updates.map(({ key }) => key)).size).toBe(3);
  });

  const broken = { object: 'whatsapp_business_account' };
  it.each([
    ['an entry that is none', { ...broken, entry: [null] }],
    ['changes that are no list', { ...broken, entry: [{ id: '1', changes: {} }] }],
    ['a change that is none', { ...broken, entry: [{ id: '1', changes: [7] }] }],
    ['a value that is none', delivery([])],
    ['messages that are no list', delivery(value({ messages: { 0: message() } }))],
  ])('with %s has that rejected', (_what, body) => {
    expect(read(body)).toMatchObject([{ key: /^sha256:/, rejected: { kind: 'invalid' } }].map(keyed));
  });

  it.each([['null'], ['[]'], ['{}'], ['{"object":"page","entry":[]}'], [JSON.stringify(broken)], ['{"a"']])(
    '%s is none',
    (body) => {
      expect(() => read(body)).toThrow(expect.objectContaining({ kind: 'invalid' }));
    },
  );
});

function keyed<T extends { key: RegExp }>(expected: T): object {
  return { ...expected, key: expect.stringMatching(expected.key) };
}

const validators = new MessageValidators();

/** Whether an update is one that the pipeline takes as it is. */
function expectSound(update: Update): void {
  const { key, event, ignored, rejected, order } = update;
  expect([event, ignored, rejected].filter((one) => one !== undefined)).toHaveLength(1);
  expect(key).toMatch(/^[\x21-\x7e]{1,400}$/);
  expect(order?.key ?? key).toMatch(/^[\x21-\x7e]{1,400}$/);
  if (rejected) expect(rejected.kind).toBe('invalid');
  if (!event) return;
  const { type } = definitionOf(event.message.constructor as never);
  validators.check(type, JSON.parse(JSON.stringify(event.message)));
  for (const text of [event.subject, event.partitionKey]) expect(text).toMatch(/^[\x21-\x7e]{1,1000}$/);
}

describe('whatever is signed', () => {
  const junk = fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' });
  const or = (...good: readonly unknown[]) => fc.oneof(fc.constantFrom(...good), junk);
  const part = fc.oneof(junk, fc.record({ id: or('m1'), body: or('text'), type: or('button_reply') }));
  const types = ['text', 'image', 'location', 'contacts', 'interactive', 'order', 'reaction', 'system'];
  const one = fc
    .record({
      ...{ id: or('wamid.1'), from: or(phone), from_user_id: junk, timestamp: or('1795175990') },
      ...{ type: or(...types), status: or('sent', 'failed'), errors: junk, context: junk },
      ...{ code: or(1, '2'), title: junk, error_data: junk, biz_opaque_callback_data: junk, part },
    })
    .map(({ part: content, type, ...rest }) =>
      typeof type === 'string' && type !== '__proto__'
        ? { ...rest, type, [type]: content }
        : { ...rest, type },
    );
  const list = fc.oneof(junk, fc.array(fc.oneof(one, junk), { maxLength: 4 }));
  const values = fc.record({
    metadata: fc.oneof(fc.constant({ phone_number_id: mailbox }), junk),
    contacts: fc.oneof(fc.constant([contact()]), junk),
    ...{ messages: list, statuses: list, errors: list },
  });

  it('is read as sound updates, or refused as invalid', () => {
    fc.assert(
      fc.property(fc.oneof(values, junk), (any) => {
        const body = Buffer.from(JSON.stringify(delivery(any)));
        const updates = readOr(body, { kind: 'invalid' });
        for (const update of updates) expectSound(update);
        expect(readOr(body, {}).map(({ key }) => key)).toEqual(updates.map(({ key }) => key));
      }),
      { numRuns: 1_000 },
    );
  });

  function readOr(body: Buffer, expected: object): readonly Update[] {
    try {
      return read(body);
    } catch (error) {
      expect(error).toMatchObject(expected);
      return [];
    }
  }
});
