import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlertmanagerChannel } from '../../../src/modules/intake/channels/alertmanager.channel.js';
import type { Update } from '../../../src/modules/intake/channels/channel.js';
import { AlertFired, AlertResolved } from '../../../src/modules/intake/contracts.js';
import { inboundRequest } from '../requests.js';

const channel = new AlertmanagerChannel();

const alert = (more: object = {}): object => ({
  status: 'firing',
  labels: { alertname: 'DiskFull', instance: 'db-1' },
  annotations: { summary: 'The disk is full' },
  startsAt: '2026-11-20T11:50:00.123456789Z',
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: 'a1b2c3d4e5f60718',
  ...more,
});
const group = (alerts: unknown, more: object = {}): object => ({
  ...{ version: '4', groupKey: '{}:{alertname="DiskFull"}', status: 'firing', alerts },
  ...more,
});
const read = (body: unknown): readonly Update[] => channel.read(inboundRequest(body));
const told = (more: object = {}): Update | undefined => read(group([alert(more)]))[0];
const refused = expect.objectContaining({ kind: 'invalid' }) as Error;

describe('an alert', () => {
  it('that fires is told with its labels, annotations and group', () => {
    expect(told()).toEqual({
      key: 'a1b2c3d4e5f60718 2026-11-20T11:50:00.123Z firing',
      order: { key: 'a1b2c3d4e5f60718 2026-11-20T11:50:00.123Z', at: 1 },
      event: {
        subject: 'alert:a1b2c3d4e5f60718',
        partitionKey: 'alert:a1b2c3d4e5f60718',
        dataSubjects: [],
        message: new AlertFired({
          fingerprint: 'a1b2c3d4e5f60718',
          name: 'DiskFull',
          labels: { alertname: 'DiskFull', instance: 'db-1' },
          annotations: { summary: 'The disk is full' },
          startsAt: '2026-11-20T11:50:00.123Z',
          group: '{}:{alertname="DiskFull"}',
        }),
      },
    });
  });

  it('that is over is told by its own status, with its end', () => {
    const update = told({ status: 'resolved', endsAt: '2026-11-20T13:05:00+01:00' });
    expect(update).toMatchObject({
      key: 'a1b2c3d4e5f60718 2026-11-20T11:50:00.123Z resolved',
      order: { key: 'a1b2c3d4e5f60718 2026-11-20T11:50:00.123Z', at: 2 },
    });
    expect(update?.event?.message).toBeInstanceOf(AlertResolved);
    expect(update?.event?.message).toMatchObject({ endsAt: '2026-11-20T12:05:00.000Z' });
  });

  it.each(['0001-01-01T00:00:00Z', 'soon', undefined])('that is over at %s has no end', (endsAt) => {
    expect(told({ status: 'resolved', endsAt })?.event?.message).not.toHaveProperty('endsAt');
  });

  it('that fires has no end, though Alertmanager expects one', () => {
    expect(told({ endsAt: '2026-11-20T12:05:00Z' })?.event?.message).not.toHaveProperty('endsAt');
  });

  it('without name, labels and annotations is told', () => {
    const message = told({ labels: undefined, annotations: null })?.event?.message;
    expect(message).toMatchObject({ name: '', labels: {}, annotations: {} });
  });

  it('is bounded', () => {
    const many = Object.fromEntries(Array.from({ length: 70 }, (_, n) => [`n${n}`, 'x'.repeat(5_000)]));
    const labels = { alertname: 'A'.repeat(400), ['l'.repeat(300)]: 'x', ...many };
    const [update] = read(group([alert({ labels, annotations: many })], { groupKey: 'g'.repeat(3_000) }));
    const message = update?.event?.message as AlertFired;
    expect(Object.keys(message.labels)).toHaveLength(64);
    expect(Object.keys(message.annotations)).toHaveLength(64);
    const longest = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length));
    expect(longest(Object.values(message.labels))).toBe(500);
    expect(longest(Object.keys(message.labels))).toBe(200);
    expect(longest(Object.values(message.annotations))).toBe(4_000);
    expect([message.name.length, message.group.length]).toEqual([300, 2_000]);
  });

  it.each([
    ['of another status', { status: 'suppressed' }],
    ['without a fingerprint', { fingerprint: '' }],
    ['whose fingerprint is a number', { fingerprint: 7 }],
    ['with a NUL in its fingerprint', { fingerprint: 'a\u0000' }],
    ['without a start', { startsAt: undefined }],
    ['whose labels are a list', { labels: ['a'] }],
    ['whose annotations are numbers', { annotations: { a: 1 } }],
  ])('%s is rejected, and harms no neighbour', (_what, more) => {
    const updates = read(group([alert(more), alert({ fingerprint: 'b1' })]));
    expect(updates[0]).toEqual({
      key: expect.stringMatching(/^unreadable:sha256:[0-9a-f]{64}$/) as string,
      rejected: refused,
    });
    expect(updates[1]).toMatchObject({ key: 'b1 2026-11-20T11:50:00.123Z firing' });
  });
});

describe('a notification', () => {
  it.each([
    ['of another version', group([], { version: '3' })],
    ['whose version is a number', group([], { version: 4 })],
    ['without alerts', group(undefined)],
    ['that is a list', []],
    ['that is null', null],
  ])('%s cannot be read', (_what, body) => {
    expect(() => read(body)).toThrow(refused);
  });

  it('may have more members than other channels take', () => {
    const labels = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`label${n}`, '']));
    const alerts = Array.from({ length: 1_500 }, (_, n) => alert({ fingerprint: `f${n}`, labels }));
    expect(read(group(alerts))).toHaveLength(1_500);
  });

  it('of anything tells as many things as it has alerts, each an event or rejected', () => {
    const changes = fc.dictionary(
      fc.constantFrom('status', 'labels', 'annotations', 'startsAt', 'endsAt', 'fingerprint'),
      fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string({ unit: 'binary' })),
    );
    const alerts = fc.array(fc.oneof(fc.jsonValue({ maxDepth: 2 }), changes.map(alert)));
    fc.assert(
      fc.property(alerts, (items) => {
        const body = Buffer.from(JSON.stringify(group(items)).replaceAll('"__proto__"', '"proto"'));
        const updates = read(body);
        expect(updates).toHaveLength(items.length);
        for (const { event, rejected } of updates) expect(!event).toBe(rejected !== undefined);
        expect(updates.filter(({ key }) => !/^[\x20-\x7e]+$/.test(key))).toEqual([]);
      }),
    );
  });
});

const folder = new URL('../../../../shared/providers/alertmanager/', import.meta.url);
describe.skipIf(!existsSync(folder))('the payloads of the provider (skipped without ../shared)', () => {
  it.each([
    ['firing', ['firing']],
    ['resolved', ['resolved']],
    ['group-mixed', ['firing', 'resolved']],
    ['truncated', ['firing']],
  ])('%s are read', (name, statuses) => {
    const updates = read(readFileSync(new URL(`webhook.${name}.json`, folder)));
    expect(updates.map(({ key }) => key.split(' ')[2])).toEqual(statuses);
    for (const { event } of updates) expect(event?.message).toHaveProperty('name', 'WorkflowFailureRateHigh');
  });
});

describe('a sender', () => {
  const secrets = (): readonly string[] => ['token-new', 'token-old'];
  const verify = (authorization?: string): unknown =>
    channel.verify(inboundRequest('', { headers: { authorization } }), secrets);
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each(['Bearer token-new', 'bearer  token-old ', basic('anyone:token-new'), basic(':token-old')])(
    'is known by %s',
    (authorization) => expect(verify(authorization)).toEqual({}),
  );

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer wrong',
    'Bearer token-new token-old',
    'token-new',
    'Digest token-new',
    basic('token-new:'),
    basic('token-new'),
    basic('anyone:wrong'),
  ])('is not known by %j', (authorization) => {
    expect(() => verify(authorization)).toThrow(expect.objectContaining({ kind: 'unauthenticated' }));
  });
});
