import { describe, expect, it } from 'vitest';
import { dues, invoice, live, plan, sent, withPolicy } from '../../../../test/support/dunning.js';

const at = (now: string, part: Parameters<typeof dues>[0] = {}) => plan(dues({ now, ...part }));

describe('when a customer owes nothing that is meant', () => {
  it.each([
    ['paid', { dueMinor: 0 }],
    ['paid', { status: 'paid' }],
    ['paid', { status: 'void' }],
    ['paid', { status: 'draft' }],
    ['paid', { dueDate: undefined }],
    ['paid', { dueDate: '2026-11-30' }],
  ] as const)('nothing is due: %s, %j', (why, part) => {
    const input = dues({ now: '2026-11-30T12:00Z', invoices: [invoice({ ...part })] });
    expect(plan(input)).toEqual({ outcome: 'nothing-due', why });
  });

  it.each([
    ['excluded-customer', { stop: { ...live.stop, customers: ['xero:c1'] } }],
    ['excluded-currency', { stop: { ...live.stop, currencies: ['EUR'] } }],
    ['below-minimum', { stop: { ...live.stop, minimum: { GBP: 100.01 } } }],
    ['backlog', { goingLive: { accountingRemindersOff: true, backlog: { since: '2026-11-03' } } }],
    ['backlog', { goingLive: { accountingRemindersOff: true, backlog: 'none', on: '2026-11-03' } }],
  ] as const)('%s', (why, part) => {
    const input = dues({ now: '2026-11-30T12:00Z' });
    expect(plan(input, withPolicy(part))).toEqual({ outcome: 'nothing-due', why });
  });

  it.each([
    {
      stop: { ...live.stop, customers: ['stripe:c1'], currencies: ['GBP'], minimum: { GBP: 100, EUR: 500 } },
    },
    { goingLive: { accountingRemindersOff: true, backlog: { since: '2026-11-02' } } },
    { goingLive: { accountingRemindersOff: true, backlog: 'none', on: '2026-11-02' } },
  ] as const)('is reminded: %j', (part) => {
    expect(plan(dues({ now: '2026-11-30T12:00Z' }), withPolicy(part))).toMatchObject({ outcome: 'remind' });
  });

  it('small amounts of one currency count together, and not with another one', () => {
    const minimum = { GBP: 15, EUR: 15 };
    const invoices = [
      invoice({ invoiceId: 'a', dueMinor: 800 }),
      invoice({ invoiceId: 'b', dueMinor: 800 }),
      invoice({ invoiceId: 'c', dueMinor: 1_400, currency: 'EUR' }),
    ];
    const decision = plan(
      dues({ now: '2026-11-30T12:00Z', invoices }),
      withPolicy({ stop: { ...live.stop, minimum } }),
    );
    expect(decision).toMatchObject({ invoices: [{ invoiceId: 'a' }, { invoiceId: 'b' }] });
  });
});

describe('the schedule', () => {
  it('is waited for, from the due date', () => {
    // Due on Monday the 2nd; three days later is Thursday, at nine.
    expect(at('2026-11-03T10:00Z')).toEqual({
      outcome: 'wait',
      until: '2026-11-05T09:00:00.000Z',
      why: 'grace',
    });
    expect(at('2026-11-05T09:00Z')).toMatchObject({ outcome: 'remind', step: 'first', tone: 'friendly' });
    expect(at('2026-11-05T10:00Z', { sent: [sent('first', '2026-11-05T09:00Z')] })).toEqual({
      ...{ outcome: 'wait', until: '2026-11-12T09:00:00.000Z', why: 'schedule' },
    });
  });

  it('is gone through step by step, however late one was', () => {
    const history = [sent('first', '2026-11-25T12:00Z')];
    expect(at('2026-12-01T12:00Z', { sent: history })).toMatchObject({ until: '2026-12-02T09:00:00.000Z' });
    expect(at('2026-12-02T12:00Z', { sent: history })).toMatchObject({ outcome: 'remind', step: 'second' });
  });

  it('ends with a person, at any hour', () => {
    const history = [
      sent('first', '2026-11-05T09:00Z'),
      sent('second', '2026-11-12T09:00Z'),
      sent('third', '2026-11-23T09:00Z'),
    ];
    expect(at('2026-11-30T12:00Z', { sent: history })).toMatchObject({ until: '2026-12-01T00:00:00.000Z' });
    expect(at('2026-12-01T00:00Z', { sent: history })).toEqual({
      ...{ outcome: 'hand-over', reason: 'schedule-ended' },
      invoices: [{ invoiceId: 'i1', step: 'hand-over' }],
    });
  });

  it('what a person has taken over is looked at again, and never sent', () => {
    const history = [sent('hand-over', '2026-12-01T00:00Z')];
    expect(at('2026-12-02T10:00Z', { sent: history })).toEqual({
      ...{ outcome: 'wait', until: '2026-12-03T10:00:00.000Z', why: 'with-a-person' },
    });
  });

  it('begins anew with another due date, which the messages of before do not count for', () => {
    const moved = invoice({ dueDate: '2026-11-16' });
    const history = [sent('first', '2026-11-05T09:00Z'), sent('second', '2026-11-12T09:00Z')];
    expect(at('2026-11-19T12:00Z', { invoices: [moved], sent: history })).toMatchObject({ step: 'first' });
  });

  it('a step that the policy has no more counts for the time, not for the place', () => {
    const history = [sent('gentle', '2026-11-20T09:00Z')];
    expect(at('2026-11-20T12:00Z', { sent: history })).toMatchObject({ outcome: 'wait' });
    expect(at('2026-11-23T12:00Z', { sent: history })).toMatchObject({ step: 'first' });
  });
});

describe('one message', () => {
  const a = invoice({ invoiceId: 'a', dueDate: '2026-10-01' });
  const b = invoice({ invoiceId: 'b', dueDate: '2026-11-10' });
  const c = invoice({ invoiceId: 'c', dueDate: '2026-11-17' });

  it('lists all that is late, the most overdue first, by the furthest step; each reaches its own', () => {
    const history = [sent('first', '2026-11-05T09:00Z', 'a'), sent('first', '2026-11-13T09:00Z', 'b')];
    const decision = at('2026-11-18T12:00Z', { invoices: [c, b, a], sent: history });
    expect(decision).toEqual({
      ...{ outcome: 'remind', step: 'second', tone: 'firm', template: 'overdue-firm' },
      invoices: [
        { invoiceId: 'a', step: 'second' },
        { invoiceId: 'b', step: undefined },
      ],
    });
  });

  it('of two that are due is as serious as the further one', () => {
    const history = [sent('first', '2026-11-05T09:00Z', 'a')];
    expect(at('2026-11-18T12:00Z', { invoices: [b, a], sent: history })).toMatchObject({
      ...{ step: 'second', tone: 'firm' },
      invoices: [
        { invoiceId: 'a', step: 'second' },
        { invoiceId: 'b', step: 'first' },
      ],
    });
  });

  it('gives all to the person who takes one over, and goes on with what is late afterwards', () => {
    const history = [sent('third', '2026-11-05T09:00Z', 'a')];
    const decision = at('2026-11-18T12:00Z', { invoices: [b, a], sent: history });
    expect(decision).toMatchObject({
      outcome: 'hand-over',
      invoices: [{ invoiceId: 'a' }, { invoiceId: 'b' }],
    });
    const taken = ['a', 'b'].map((id) => sent('hand-over', '2026-11-18T12:00Z', id));
    const later = at('2026-11-20T12:00Z', { invoices: [a, b, c], sent: taken });
    expect(later).toMatchObject({ outcome: 'remind', invoices: [{ invoiceId: 'c', step: 'first' }] });
  });

  it('of too many invoices, or to nobody, is for a person', () => {
    const many = Array.from({ length: 201 }, (_, place) => invoice({ invoiceId: `i${place}` }));
    expect(at('2026-11-18T12:00Z', { invoices: many })).toMatchObject({ reason: 'too-many-invoices' });
    expect(at('2026-11-18T12:00Z', { hasAddress: false })).toMatchObject({ reason: 'no-address' });
    expect(at('2026-11-04T12:00Z', { hasAddress: false })).toMatchObject({
      until: '2026-11-05T00:00:00.000Z',
    });
  });
});

describe('nothing is sent', () => {
  it('within the grace after a part was paid', () => {
    const part = invoice({ lastPaymentOn: '2026-11-16' });
    expect(at('2026-11-17T12:00Z', { invoices: [part] })).toEqual({
      ...{ outcome: 'wait', until: '2026-11-19T09:00:00.000Z', why: 'grace' },
    });
    expect(at('2026-11-19T09:00Z', { invoices: [part] })).toMatchObject({ outcome: 'remind' });
  });

  it('of an invoice that is within its grace, though another one is reminded of', () => {
    const invoices = [invoice({ invoiceId: 'a' }), invoice({ invoiceId: 'b', dueDate: '2026-11-17' })];
    expect(at('2026-11-18T12:00Z', { invoices })).toMatchObject({ invoices: [{ invoiceId: 'a' }] });
  });

  it('until the day that somebody promised', () => {
    const promised = { notBefore: '2026-11-27T00:00:00Z' };
    expect(at('2026-11-26T12:00Z', promised)).toEqual({
      ...{ outcome: 'wait', until: '2026-11-27T00:00:00.000Z', why: 'promised' },
    });
    expect(at('2026-11-27T12:00Z', promised)).toMatchObject({ outcome: 'remind' });
  });

  it('of what is disputed', () => {
    const invoices = [invoice({}), invoice({ invoiceId: 'b', status: 'disputed' })];
    expect(at('2026-11-27T12:00Z', { invoices })).toEqual({ outcome: 'disputed', invoiceIds: ['b'] });
  });

  it('beyond the cap, however many invoices become due', () => {
    const invoices = ['a', 'b', 'c'].map((invoiceId) => invoice({ invoiceId }));
    const history = [
      sent('first', '2026-11-17T10:00Z', 'a'),
      sent('first', '2026-11-18T10:00Z', 'b'),
      sent('first', '2026-11-18T10:00Z', 'x'),
    ];
    expect(at('2026-11-19T12:00Z', { invoices, sent: history })).toEqual({
      ...{ outcome: 'wait', until: '2026-11-24T10:00:00.000Z', why: 'cap' },
    });
    expect(at('2026-11-24T10:00Z', { invoices, sent: history })).toMatchObject({ outcome: 'remind' });
  });
});

describe('what a person is to take over', () => {
  const invoices = [
    invoice({}),
    invoice({ invoiceId: 'b', status: 'disputed' }),
    invoice({ invoiceId: 'c' }),
  ];
  const asked = (part: Parameters<typeof dues>[0]) => at('2026-11-06T12:00Z', { handOver: 'asked', ...part });
  const ids = ['b', 'c', 'i1'].map((invoiceId) => ({ invoiceId, step: 'hand-over' }));

  it('is all that is due or disputed, wherever it stands', () => {
    expect(asked({ invoices })).toEqual({ outcome: 'hand-over', reason: 'asked', invoices: ids });
  });

  it('is not what a person has, and nothing when that is all', () => {
    const history = [
      sent('hand-over', '2026-11-05T12:00Z', 'b'),
      sent('hand-over', '2026-11-05T12:00Z', 'c'),
    ];
    expect(asked({ invoices, sent: history })).toMatchObject({ invoices: [{ invoiceId: 'i1' }] });
    const all = [...history, sent('hand-over', '2026-11-05T12:00Z')];
    expect(asked({ invoices, sent: all })).toMatchObject({ outcome: 'wait', why: 'with-a-person' });
    expect(asked({ invoices: [] })).toEqual({ outcome: 'nothing-due', why: 'paid' });
  });

  it('is not asked about as a dispute again', () => {
    const history = invoices.map(({ invoiceId }) => sent('hand-over', '2026-11-05T12:00Z', invoiceId));
    expect(at('2026-11-06T12:00Z', { invoices, sent: history })).toMatchObject({ why: 'with-a-person' });
  });
});
