import { describe, expect, it } from 'vitest';
import { XeroChannel } from '../../../src/modules/intake/channels/xero.channel.js';
import { inboundRequest } from '../requests.js';
import { readsAnything, samplesOf } from '../samples.js';

const channel = new XeroChannel();

const tenantId = '00000000-0000-4000-8000-00000000000a';
const resourceId = '00000000-0000-4000-8000-00000000000b';
const event = (more: object = {}): Record<string, unknown> => ({
  resourceUrl: `https://api.xero.com/api.xro/2.0/Invoices/${resourceId}`,
  resourceId,
  tenantId,
  tenantType: 'ORGANISATION',
  eventCategory: 'INVOICE',
  eventType: 'UPDATE',
  eventDateUtc: '2026-11-20T11:59:57.123',
  ...more,
});
const body = (...events: readonly unknown[]): object => ({
  ...{ events, firstEventSequence: 1, lastEventSequence: events.length, entropy: 'ENTROPYENTROPY' },
});
const updatesOf = (...events: readonly unknown[]) => channel.read(inboundRequest(body(...events)));

describe('what Xero tells', () => {
  const key = `${tenantId}:${resourceId}:update:2026-11-20T11:59:57.123Z`;
  const order = { key: `${tenantId}:${resourceId}`, at: Date.UTC(2026, 10, 20, 11, 59, 57, 123) };

  it('of an invoice is that it changed, at a time in UTC', () => {
    const subject = `invoice:${resourceId}`;
    expect(updatesOf(event())).toEqual([
      {
        ...{ key, order },
        event: {
          ...{ subject, partitionKey: subject, dataSubjects: [] },
          message: expect.objectContaining({
            ...{ provider: 'xero', account: tenantId, invoiceId: resourceId, hint: 'update' },
            at: '2026-11-20T11:59:57.123Z',
          }) as object,
        },
      },
    ]);
  });

  it('of a credit note is that it changed', () => {
    const data = { Type: 'ACCRECCREDIT', Status: 'AUTHORISED' };
    const [update] = updatesOf(event({ eventCategory: 'CREDITNOTE', eventType: 'CREATE', data }));
    expect(update?.event?.message.constructor.name).toBe('CreditNoteChanged');
    expect(update).toMatchObject({
      order,
      event: {
        subject: `credit-note:${resourceId}`,
        message: { provider: 'xero', account: tenantId, creditNoteId: resourceId, hint: 'create' },
      },
    });
  });

  it.each(['CONTACT', 'SUBSCRIPTION', 'SOMETHING_NEW'])(
    'of category %s is kept and ignored',
    (eventCategory) => {
      expect(updatesOf(event({ eventCategory }))).toEqual([
        { key, ignored: `Events of category ${eventCategory} are not used.` },
      ]);
    },
  );

  it('has a key by tenant, resource, type and time, and by nothing else', () => {
    const others = [
      {},
      { tenantId: 't' },
      { resourceId: 'r' },
      { eventType: 'CREATE' },
      { eventDateUtc: '2026-11-20T11:59:58' },
    ];
    expect(new Set(others.map((more) => updatesOf(event(more))[0]?.key)).size).toBe(others.length);
    expect(updatesOf(event({ resourceUrl: 'https://example.com' }))[0]?.key).toBe(key);
  });

  it('at a time with a zone is taken by its word', () => {
    const [update] = updatesOf(event({ eventDateUtc: '2026-11-20T12:59:57.123+01:00' }));
    expect(update).toMatchObject({ key, order });
  });

  it.each([
    ['no object', 'text'],
    ['null', null],
    ['no tenant', event({ tenantId: '' })],
    ['no resource', event({ resourceId: 7.5 })],
    ['no category', event({ eventCategory: undefined })],
    ['no type', event({ eventType: null })],
    ['no time', event({ eventDateUtc: undefined })],
    ['no day of the calendar', event({ eventDateUtc: '2026-02-30T00:00:00' })],
    ['another spelling of a time', event({ eventDateUtc: '20 Nov 2026' })],
  ])('with %s is kept as rejected, and the rest is read', (_what, value) => {
    const [broken, whole] = updatesOf(value, event());
    expect(broken).toEqual({
      key: expect.stringMatching(/^unreadable:sha256:[0-9a-f]{64}$/) as string,
      rejected: expect.objectContaining({ code: 'INTAKE.PAYLOAD_REFUSED' }) as object,
    });
    expect(whole?.event).toBeDefined();
  });

  it('when it asks for the intent to receive is one ignored update by its entropy', () => {
    const [first] = updatesOf();
    expect(first).toEqual({ key: 'intent-to-receive:ENTROPYENTROPY', ignored: expect.any(String) as string });
    expect(channel.read(inboundRequest({ events: [] }))).toEqual([]);
  });

  it.each([
    ['a list', []],
    ['null', null],
    ['no list of events', { events: {} }],
    ['too many', body(...Array.from({ length: 1_001 }, () => event()))],
  ])('as %s cannot be read', (_what, told) => {
    expect(() => channel.read(inboundRequest(told))).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });

  it('whatever it is, is read or refused', () =>
    readsAnything(channel, JSON.stringify(body(event(), event({ eventCategory: 'CREDITNOTE' })))));
});

describe.skipIf(samplesOf('xero').length === 0)('the samples (skipped without ../shared)', () => {
  it.each(samplesOf('xero'))('$name is read as a whole', ({ name, body: bytes }) => {
    const updates = channel.read(inboundRequest(bytes));
    expect(updates.filter(({ rejected }) => rejected)).toEqual([]);
    expect(updates.some(({ event: told }) => told)).toBe(!name.includes('itr'));
  });
});
