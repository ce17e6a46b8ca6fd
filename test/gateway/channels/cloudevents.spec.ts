import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Update } from '../../../src/modules/intake/channels/channel.js';
import { CloudEventsChannel } from '../../../src/modules/intake/channels/events.channel.js';
import { inboundRequest } from '../requests.js';

const channel = new CloudEventsChannel();
const structured = 'application/cloudevents+json';
const batched = 'application/cloudevents-batch+json';

const event = (more: object = {}): Record<string, unknown> => ({
  specversion: '1.0',
  id: 'e-1',
  source: '/shop',
  type: 'com.example.order.placed',
  ...more,
});

const read = (body: unknown, contentType = structured): readonly Update[] =>
  channel.read(inboundRequest(body, { headers: { 'content-type': contentType } }));
const told = (more: object): object | undefined => read(event(more))[0]?.event?.message;
const refused = expect.objectContaining({ kind: 'invalid' }) as Error;

describe('a structured event', () => {
  it('is one of another system, known again by source and id', () => {
    const more = { subject: 'order/1', time: '2026-11-20T13:00:00.123456+01:00', data: { total: 3 } };
    const [update] = read(event(more), `${structured}; charset=utf-8`);
    expect(update?.key).toBe('/shop e-1');
    expect(update?.order).toBeUndefined();
    expect(update?.event).toMatchObject({ subject: 'external-event:e-1', dataSubjects: [] });
    expect(update?.event?.message).toEqual({
      eventId: 'e-1',
      origin: '/shop',
      eventType: 'com.example.order.placed',
      subject: 'order/1',
      at: '2026-11-20T12:00:00.123Z',
      attributes: {},
      data: { value: { total: 3 } },
    });
  });

  it('without time and data has the time of the request', () => {
    expect({ ...told({ time: null, subject: '' }) }).toStrictEqual({
      ...{ eventId: 'e-1', origin: '/shop', eventType: 'com.example.order.placed' },
      ...{ at: '2026-11-20T12:00:00.000Z', attributes: {}, data: {} },
    });
  });

  it('keeps extension attributes as texts, and leaves out those that are null', () => {
    const more = {
      priority: -7,
      urgent: true,
      region: 'eu',
      gone: null,
      dataschema: 'https://example.com/s',
    };
    expect(told(more)).toMatchObject({
      attributes: { priority: '-7', urgent: 'true', region: 'eu', dataschema: 'https://example.com/s' },
    });
  });

  it('is cut where that does not make another event of it', () => {
    const long = 'x'.repeat(2_000);
    expect(told({ subject: long, ext: long, datacontenttype: `text/${long}`, data: long })).toMatchObject({
      subject: 'x'.repeat(1_000),
      attributes: { ext: 'x'.repeat(1_000) },
      data: { text: long, type: `text/${'x'.repeat(195)}` },
    });
  });

  it('about one thing is ordered, and only about one', () => {
    const partOf = (more: object): string | undefined => read(event(more))[0]?.event?.partitionKey;
    expect(partOf({ id: 'e-2', subject: 'a@example.com' })).toBe(partOf({ subject: 'a@example.com' }));
    expect(partOf({ subject: 'a@example.com' })).not.toContain('example');
    expect(partOf({ subject: 'b@example.com' })).not.toBe(partOf({ subject: 'a@example.com' }));
    expect(partOf({ source: '/b', subject: 'a' })).not.toBe(partOf({ source: '/c', subject: 'a' }));
  });

  it.each([
    ['JSON by its type', { datacontenttype: 'application/vnd.x+json; a=b', data: 'text' }, { value: 'text' }],
    ['JSON without a type', { data: 'text' }, { value: 'text' }],
    ['no JSON', { datacontenttype: 'text/xml', data: '<a/>' }, { text: '<a/>' }],
    ['null', { data: null }, { value: null }],
    ['bytes', { datacontenttype: 'image/png', data_base64: 'AAEC' }, { base64: 'AAEC' }],
    ['no bytes', { data_base64: null, data: 1 }, { value: 1 }],
    ['an object of another type', { datacontenttype: 'text/xml', data: { a: 1 } }, { value: { a: 1 } }],
  ])('with data that are %s keeps them so', (_what, more, data) => {
    const type = (more as { datacontenttype?: string }).datacontenttype;
    expect(told(more)).toMatchObject({ data: type === undefined ? data : { ...data, type } });
  });

  it.each([
    ['of another version', { specversion: '0.3' }],
    ['whose version is a number', { specversion: 1 }],
    ['without an id', { id: '' }],
    ['whose id is null', { id: null }],
    ['whose id is a list', { id: ['e-1'] }],
    ['with a long id', { id: 'x'.repeat(501) }],
    ['with a NUL in its id', { id: 'e\u0000' }],
    ['with half a surrogate pair in its id', { id: 'e\ud800' }],
    ['with a noncharacter in its id', { id: 'e\ufffe' }],
    ['without a source', { source: undefined }],
    ['with a blank in its source', { source: '/a b' }],
    ['with a long source', { source: `/${'x'.repeat(1_000)}` }],
    ['without a type', { type: '' }],
    ['with a long type', { type: 'x'.repeat(501) }],
    ['with a broken time', { time: '2026-11-20' }],
    ['with an attribute in capitals', { traceParent: 'x' }],
    ['with an attribute of a long name', { [`a${'b'.repeat(20)}`]: 'x' }],
    ['with an attribute that is an object', { ext: { a: 1 } }],
    ['with an attribute that is no integer', { ext: 1.5 }],
    ['with an attribute beyond 32 bits', { ext: 2 ** 31 + 1 }],
    ['with too many attributes', Object.fromEntries(Array.from({ length: 61 }, (_, n) => [`ext${n}`, 'x']))],
    ['with data twice', { data: 1, data_base64: 'AAEC' }],
    ['whose bytes are no base64', { data_base64: 'AA=C' }],
    ['whose bytes are base64 of half a group', { data_base64: 'AAE' }],
    ['whose bytes are a number', { data_base64: 7 }],
  ])('%s is refused', (_what, more) => {
    expect(() => told(more)).toThrow(refused);
  });

  it.each([[[]], ['text'], [null], [7]])('that is %j is refused', (body) => {
    expect(() => read(body)).toThrow(refused);
  });
});

describe('a batch', () => {
  it('tells each of its events, and what is broken harms no neighbour', () => {
    const updates = read([event(), event({ id: 'e-2', time: 'now' }), null, event({ id: 'e-3' })], batched);
    expect(updates.map(({ key }) => key)).toEqual([
      '/shop e-1',
      expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      '/shop e-3',
    ]);
    expect(updates.map(({ rejected }) => rejected?.code)).toEqual([
      ...[undefined, 'INTAKE.PAYLOAD_REFUSED', 'INTAKE.PAYLOAD_REFUSED', undefined],
    ]);
    expect(updates[1]?.key).not.toBe(updates[2]?.key);
  });

  it('may be empty', () => expect(read([], batched)).toEqual([]));

  it('is a list', () => expect(() => read(event(), batched)).toThrow(refused));

  it('of anything tells as many things as it has, each an event or rejected', () => {
    const attribute = fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 1 }));
    const changes = fc.dictionary(
      fc.constantFrom('id', 'source', 'type', 'time', 'ext', 'subject'),
      attribute,
    );
    const item = fc.oneof(fc.jsonValue({ maxDepth: 2 }), changes.map(event));
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const body = Buffer.from(JSON.stringify(items).replaceAll('"__proto__"', '"proto"'));
        const updates = read(body, batched);
        expect(updates).toHaveLength(items.length);
        for (const update of updates) expect(!update.event).toBe(update.rejected !== undefined);
        const texts = updates.flatMap(({ key, event: { subject = '' } = {} }) => [key, subject]);
        expect(texts.filter((text) => text.includes('\u0000') || !text.isWellFormed())).toEqual([]);
      }),
    );
  });
});
