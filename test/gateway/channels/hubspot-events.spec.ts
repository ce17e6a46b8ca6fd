import { describe, expect, it } from 'vitest';
import { HubspotChannel } from '../../../src/modules/intake/channels/hubspot.channel.js';
import { inboundRequest } from '../requests.js';
import { readsAnything, samplesOf } from '../samples.js';

const channel = new HubspotChannel();

const event = (more: object = {}): Record<string, unknown> => ({
  eventId: 11,
  subscriptionId: 12,
  portalId: 13,
  appId: 14,
  occurredAt: 1_795_000_000_000,
  subscriptionType: 'deal.propertyChange',
  attemptNumber: 0,
  objectId: 15,
  propertyName: 'dealstage',
  propertyValue: 'closedwon',
  changeSource: 'CRM_UI',
  sourceId: 'userId:16',
  ...more,
});
const contact = (action: string, more: object = {}): object =>
  event({
    subscriptionType: `contact.${action}`,
    propertyName: undefined,
    propertyValue: undefined,
    ...more,
  });
const updateOf = (value: unknown) => {
  const [update] = channel.read(inboundRequest([value]));
  return update;
};

describe('what HubSpot tells', () => {
  it('of a deal is which property changed, to what, when and by what', () => {
    expect(updateOf(event())).toEqual({
      key: '13:deal.propertyChange:15:11:1795000000000:dealstage',
      order: { key: 'deal:13:15:dealstage', at: 1_795_000_000_000 },
      event: {
        subject: 'deal:15',
        partitionKey: 'deal:15',
        dataSubjects: [],
        message: expect.objectContaining({
          provider: 'hubspot',
          account: '13',
          at: new Date(1_795_000_000_000).toISOString(),
          changedBy: 'CRM_UI',
          dealId: '15',
          property: 'dealstage',
          value: 'closedwon',
        }) as object,
      },
    });
  });

  it.each([
    ['propertyChange', { propertyName: 'email', propertyValue: 'a@example.com' }, 'CrmContactChanged'],
    ['creation', { changeFlag: 'NEW' }, 'CrmContactCreated'],
    ['deletion', { changeFlag: 'DELETED' }, 'CrmContactDeleted'],
    ['privacyDeletion', {}, 'CrmContactPrivacyDeleted'],
  ])('of a contact by %s is an event about its person', (action, more, name) => {
    const update = updateOf(contact(action, more));
    expect(update?.event?.message.constructor.name).toBe(name);
    expect(update?.event).toMatchObject({
      subject: 'contact:15',
      partitionKey: 'contact:15',
      dataSubjects: ['hubspot-contact:13:15'],
      message: { contactId: '15', account: '13' },
    });
    expect(update?.order).toEqual(
      action === 'propertyChange' ? { key: 'contact:13:15:email', at: 1_795_000_000_000 } : undefined,
    );
  });

  it('of a deal by deletion is an event of its own', () => {
    const update = updateOf(event({ subscriptionType: 'deal.deletion', propertyName: undefined }));
    expect(update?.event?.message.constructor.name).toBe('DealDeleted');
    expect(update?.event).toMatchObject({ subject: 'deal:15', dataSubjects: [], message: { dealId: '15' } });
  });

  it.each([
    [{ changeSource: 'INTEGRATION', sourceId: '14' }, true],
    [{ changeSource: 'INTEGRATION', sourceId: '15' }, undefined],
    [{ changeSource: 'CRM_UI', sourceId: '14' }, undefined],
    [{ changeSource: 'INTEGRATION', sourceId: undefined, appId: undefined }, undefined],
  ])('by %j is our own: %s', (by, isOwn) => {
    expect((updateOf(event(by))?.event?.message as { isOwn?: boolean }).isOwn).toBe(isOwn);
  });

  it.each([
    ['object.propertyChange', '0-3', 'deal.propertyChange'],
    ['object.propertyChange', '0-1', 'contact.propertyChange'],
    ['object.creation', '0-1', 'contact.creation'],
    ['object.deletion', '0-1', 'contact.deletion'],
    ['object.deletion', '0-3', 'deal.deletion'],
  ])('as %s of %s is the same as %s', (subscriptionType, objectTypeId, classic) => {
    const named = updateOf(event({ subscriptionType: classic }));
    expect(named?.event).toBeDefined();
    expect(updateOf(event({ subscriptionType, objectTypeId }))).toEqual(named);
  });

  it.each([
    ['a ticket', event({ subscriptionType: 'ticket.creation' })],
    ['a property of a company', event({ subscriptionType: 'company.propertyChange' })],
    ['a created deal', event({ subscriptionType: 'deal.creation' })],
    ['a merge', contact('merge', { primaryObjectId: 15, mergedObjectIds: [16], newObjectId: 17 })],
    ['a restored contact', contact('restore')],
    ['a name of every object', contact('constructor')],
    [
      'an association',
      event({ subscriptionType: 'deal.associationChange', objectId: undefined, fromObjectId: 3 }),
    ],
    ['an object of another type', event({ subscriptionType: 'object.creation', objectTypeId: '0-5' })],
    ['an object of no type', event({ subscriptionType: 'object.creation' })],
  ])('of %s is kept and ignored', (_what, value) => {
    expect(updateOf(value)).toEqual({
      key: expect.any(String) as string,
      ignored: expect.stringMatching(/are not used/) as string,
    });
  });

  it.each([
    ['no object', 'text'],
    ['null', null],
    ['an array', [event()]],
    ['no portal', event({ portalId: undefined })],
    ['no object id', event({ objectId: null })],
    ['an id that is not exact', event({ objectId: 2 ** 53 })],
    ['no event id', event({ eventId: undefined })],
    ['no type', event({ subscriptionType: 7 })],
    ['half a type', event({ subscriptionType: 'deal' })],
    ['no time', event({ occurredAt: '1795000000000' })],
    ['a time beyond all years', event({ occurredAt: 1e15 })],
    ['no property', event({ propertyName: '' })],
    ['a value of another form', event({ propertyValue: { a: 1 } })],
  ])('with %s is kept as rejected, and the rest is read', (_what, value) => {
    const [broken, whole] = channel.read(inboundRequest([value, event()]));
    expect(broken).toEqual({
      key: expect.stringMatching(/^unreadable:sha256:[0-9a-f]{64}$/) as string,
      rejected: expect.objectContaining({ code: 'INTAKE.PAYLOAD_REFUSED' }) as object,
    });
    expect(whole?.event).toBeDefined();
  });

  it('again by a retry has the same key, readable or not', () => {
    for (const value of [event(), event({ portalId: undefined })]) {
      expect(updateOf({ ...value, attemptNumber: 3 })?.key).toBe(updateOf(value)?.key);
    }
  });

  it('with one event id of several objects, times, properties or portals has as many keys', () => {
    const others = [{}, { objectId: 99 }, { occurredAt: 2 }, { propertyName: 'amount' }, { portalId: 98 }];
    expect(new Set(others.map((more) => updateOf(event(more))?.key)).size).toBe(others.length);
  });

  it('of a value is a text of bounded length', () => {
    const valueOf = (propertyValue: unknown) => updateOf(event({ propertyValue }))?.event?.message;
    expect(valueOf('x'.repeat(100_000))).toMatchObject({ value: 'x'.repeat(65_536) });
    expect(valueOf(null)).toMatchObject({ value: '' });
    expect(valueOf(12)).toMatchObject({ value: '12' });
    expect(valueOf('REDACTED')).toMatchObject({ value: 'REDACTED' });
  });

  it('without a source of the change names what else it has', () => {
    const by = (more: object) => updateOf(event(more))?.event?.message;
    expect(by({ changeSource: undefined })).toMatchObject({ changedBy: 'userId:16' });
    expect(by({ changeSource: undefined, sourceId: undefined })).toMatchObject({ changedBy: 'UNKNOWN' });
  });

  it('may come without an array, and not by more than a thousand', () => {
    expect(channel.read(inboundRequest(event()))).toEqual([updateOf(event())]);
    const many = (count: number) => Array.from({ length: count }, (_, eventId) => event({ eventId }));
    expect(channel.read(inboundRequest(many(1_000)))).toHaveLength(1_000);
    expect(() => channel.read(inboundRequest(many(1_001)))).toThrow(
      expect.objectContaining({ code: 'INTAKE.PAYLOAD_REFUSED' }),
    );
  });

  it('whatever it is, is read or refused', () =>
    readsAnything(channel, JSON.stringify([event(), contact('creation')])));
});

describe.skipIf(samplesOf('hubspot').length === 0)('the samples (skipped without ../shared)', () => {
  it.each(samplesOf('hubspot'))('$name is read as a whole', ({ body }) => {
    const updates = channel.read(inboundRequest(body));
    expect(updates.length).toBe((JSON.parse(body.toString()) as unknown[]).length);
    expect(updates.filter(({ rejected }) => rejected)).toEqual([]);
    expect(updates.some(({ event: told }) => told)).toBe(true);
  });
});
