import { describe, expect, it } from 'vitest';
import { dues, invoice, live, office, plan, sent, withPolicy } from '../../../../test/support/dunning.js';
import { isLive } from './plan-reminder.js';

const at = (now: string, part: Parameters<typeof dues>[0] = {}) => plan(dues({ now, ...part }));

describe('the cap', () => {
  const one = withPolicy({ cap: { messages: 1, days: 3 } });
  const invoices = ['a', 'b'].map((invoiceId) => invoice({ invoiceId }));

  it('ends when something may be sent again', () => {
    const input = dues({
      now: '2026-11-19T12:00Z',
      invoices,
      sent: [sent('first', '2026-11-18T12:00Z', 'a')],
    });
    // Three days later it is Saturday.
    expect(plan(input, one)).toEqual({ outcome: 'wait', until: '2026-11-23T09:00:00.000Z', why: 'cap' });
  });

  it('counts no work of a person', () => {
    const history = [sent('hand-over', '2026-11-18T12:00Z', 'a')];
    expect(plan(dues({ now: '2026-11-19T12:00Z', invoices, sent: history }), one)).toMatchObject({
      ...{ outcome: 'remind', invoices: [{ invoiceId: 'b' }] },
    });
  });
});

describe('quiet hours', () => {
  const quiet = (now: string, part: Parameters<typeof dues>[0] = {}) => {
    const decision = at(now, part);
    return decision.outcome === 'wait' ? [decision.why, decision.until.slice(0, 16)] : decision.outcome;
  };

  it('are evenings, weekends and holidays', () => {
    expect(quiet('2026-11-18T08:59Z')).toEqual(['quiet-hours', '2026-11-18T09:00']);
    expect(quiet('2026-11-18T16:59Z')).toBe('remind');
    expect(quiet('2026-11-18T17:00Z')).toEqual(['quiet-hours', '2026-11-19T09:00']);
    expect(quiet('2026-11-20T18:00Z')).toEqual(['quiet-hours', '2026-11-23T09:00']);
    expect(quiet('2026-12-24T18:00Z')).toEqual(['quiet-hours', '2026-12-28T09:00']);
  });

  it('are by the clock of the customer’s country, otherwise of the issuer or the calendar', () => {
    expect(quiet('2026-11-18T09:00Z', { country: 'US' })).toEqual(['quiet-hours', '2026-11-18T15:00']);
    expect(quiet('2026-11-17T21:00Z', { country: 'NZ' })).toBe('remind');
    expect(quiet('2026-11-18T09:00Z', { country: 'constructor' })).toBe('remind');
    expect(quiet('2026-11-18T09:00Z', { issuerZone: 'America/New_York' })).toEqual([
      ...['quiet-hours', '2026-11-18T14:00'],
    ]);
    const byCalendar = withPolicy({ zones: { ...live.zones, default: 'calendar' } });
    const tokyo = dues({ now: '2026-11-18T09:00Z', calendar: { ...office, zone: 'Asia/Tokyo' } });
    expect(plan(tokyo, byCalendar)).toMatchObject({ until: '2026-11-19T00:00:00.000Z' });
  });

  it('move with the clock: nine is another hour after it has changed', () => {
    const late = [invoice({ dueDate: '2026-03-02' })];
    expect(quiet('2026-03-27T18:00Z', { invoices: late })).toEqual(['quiet-hours', '2026-03-30T08:00']);
    const autumn = [invoice({ dueDate: '2026-10-02' })];
    expect(quiet('2026-10-23T17:00Z', { invoices: autumn })).toEqual(['quiet-hours', '2026-10-26T09:00']);
    const every = withPolicy({ quietHours: { from: '00:30', until: '02:30', workingDaysOf: null } });
    const sunday = dues({ now: '2026-10-25T00:15Z', country: 'DE', invoices: autumn });
    // 02:30 comes twice there: after the first the clock goes back into the quiet hours.
    expect(plan(sunday, every)).toMatchObject({ outcome: 'wait', until: '2026-10-25T01:30:00.000Z' });
  });

  it('may be none', () => {
    const always = withPolicy({ quietHours: { from: '00:00', until: '00:00', workingDaysOf: null } });
    expect(plan(dues({ now: '2026-11-22T03:00Z' }), always)).toMatchObject({ outcome: 'remind' });
  });
});

it.each([
  [{}, false],
  [{ accountingRemindersOff: true }, false],
  [{ backlog: 'all' }, false],
  [{ accountingRemindersOff: false, backlog: 'all' }, false],
  [{ accountingRemindersOff: true, backlog: 'all' }, true],
] as const)('a policy that says %j is live: %s', (goingLive, is) => {
  expect(isLive(withPolicy({ goingLive }))).toBe(is);
});
