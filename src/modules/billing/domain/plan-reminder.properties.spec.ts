import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dues, live, office, plan } from '../../../../test/support/dunning.js';
import { addDays, dateIn, startOfDay } from '../../../shared/calendar/zones.js';
import { handedOver, type SentReminder } from '../contracts.js';
import type { DueInvoice, DuesInput } from './dues.js';
import type { DunningPolicy } from './dunning-policy.js';

const zones = {
  DE: 'Europe/Berlin',
  US: 'America/New_York',
  NZ: 'Pacific/Auckland',
  AU: 'Australia/Lord_Howe',
};
const dayMs = 86_400_000;

const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '15', '30', '45'))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`);

const policies: fc.Arbitrary<DunningPolicy> = fc
  .record({
    graceDays: fc.integer({ min: 0, max: 6 }),
    cap: fc.record({ messages: fc.integer({ min: 1, max: 3 }), days: fc.integer({ min: 1, max: 10 }) }),
    from: time,
    until: time,
    workingDaysOf: fc.constantFrom('office', null),
    gaps: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 5 }),
  })
  .map(({ graceDays, cap, from, until, workingDaysOf, gaps }) => {
    const after = gaps.map((_, place) => gaps.slice(0, place + 1).reduce((sum, gap) => sum + gap, 0));
    const steps = after.slice(0, -1).map((afterDays, place) => ({
      ...{ name: `s${place}`, afterDays, channel: 'mail' as const },
      ...{ tone: 'firm' as const, template: 'overdue-firm' },
    }));
    const quietHours = { from, until, workingDaysOf };
    const handOver = { afterDays: after.at(-1)!, to: null };
    return {
      ...live,
      graceDays,
      cap,
      quietHours,
      handOver,
      steps,
      zones: { default: 'issuer', ofCountry: zones },
    };
  });

/** Due around the days on which clocks are changed. */
const day = fc
  .tuple(fc.constantFrom('2026-03-01', '2026-09-20', '2026-10-15'), fc.integer({ min: 0, max: 30 }))
  .map(([from, days]) => addDays(from, days));

const customers = fc.record({
  country: fc.constantFrom('DE', 'US', 'NZ', 'AU', undefined),
  issuerZone: fc.constantFrom('Europe/London', 'Pacific/Kiritimati', 'America/Los_Angeles'),
  due: fc.array(day, { minLength: 1, maxLength: 4 }),
  /** How far to go each time: to the end of the wait, or to a part of it, as when something changed. */
  jumps: fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 60, maxLength: 60 }),
  paid: fc.array(fc.option(fc.integer({ min: 0, max: 25 }), { nil: undefined }), {
    minLength: 4,
    maxLength: 4,
  }),
});

interface Step {
  readonly input: DuesInput;
  readonly decision: ReturnType<typeof plan>;
}

/** What happens to a customer who pays parts and never all, until a person has everything. */
function lived(
  policy: DunningPolicy,
  customer: typeof customers extends fc.Arbitrary<infer T> ? T : never,
): Step[] {
  const { country, issuerZone, due, jumps, paid } = customer;
  const steps: Step[] = [];
  let sent: SentReminder[] = [];
  let now = startOfDay(addDays(due.toSorted()[0]!, 1), issuerZone);
  for (const jump of jumps) {
    const invoices = due.map((dueDate, place) =>
      seenAt(now, { dueDate, place, paidAfter: paid[place], issuerZone }),
    );
    const input = dues({ country, issuerZone, invoices, sent, now: now.toISOString(), calendar: office });
    const decision = plan(input, policy);
    steps.push({ input, decision });
    if (decision.outcome === 'remind' || decision.outcome === 'hand-over') {
      const done = decision.invoices.flatMap(({ invoiceId, step }) =>
        step === undefined ? [] : [{ invoiceId, step, at: now.toISOString() }],
      );
      sent = [...sent, ...done];
      now = new Date(now.getTime() + 1_000);
    } else if (decision.outcome === 'wait') {
      const until = new Date(decision.until).getTime();
      now =
        jump > 0.5 ? new Date(until) : new Date(now.getTime() + Math.ceil((until - now.getTime()) * jump));
    } else break;
  }
  return steps;
}

function seenAt(
  now: Date,
  given: { dueDate: string; place: number; paidAfter: number | undefined; issuerZone: string },
): DueInvoice {
  const paidOn = given.paidAfter === undefined ? undefined : addDays(given.dueDate, given.paidAfter);
  const isPaid = paidOn !== undefined && dateIn(given.issuerZone, now) >= paidOn;
  return {
    ...{ invoiceId: `i${given.place}`, status: 'open', currency: 'GBP', exponent: 2, dueDate: given.dueDate },
    dueMinor: isPaid ? 5_000 : 10_000,
    lastPaymentOn: isPaid ? paidOn : undefined,
  };
}

const wall = (at: string, zone: string) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', weekday: 'short' })
    .formatToParts(new Date(at))
    .reduce<Record<string, string>>((parts, { type, value }) => ({ ...parts, [type]: value }), {});

function isQuiet(at: string, { quietHours }: DunningPolicy, zone: string): boolean {
  const { hour, minute, weekday = '' } = wall(at, zone);
  const clock = `${hour}:${minute}`;
  const { from, until, workingDaysOf } = quietHours;
  if (workingDaysOf !== null && ['Sat', 'Sun'].includes(weekday)) return true;
  if (from === until) return false;
  return from < until ? clock >= from && clock < until : clock >= from || clock < until;
}

function check(policy: DunningPolicy, steps: readonly Step[]): void {
  const reminded = steps.filter(({ decision }) => decision.outcome === 'remind');
  const reached = new Map<string, number>();
  for (const { input, decision } of steps) {
    if (decision.outcome === 'wait') expect(decision.until > input.now).toBe(true);
    if (decision.outcome !== 'remind' && decision.outcome !== 'hand-over') continue;
    for (const { invoiceId, step } of decision.invoices) {
      const { dueDate, lastPaymentOn } = input.invoices.find((one) => one.invoiceId === invoiceId)!;
      const today = dateIn(input.issuerZone, new Date(input.now));
      expect(today >= addDays(dueDate!, policy.graceDays) && today > dueDate!).toBe(true);
      if (lastPaymentOn) expect(today >= addDays(lastPaymentOn, policy.graceDays)).toBe(true);
      if (step === undefined) continue;
      const place =
        step === handedOver ? policy.steps.length : policy.steps.findIndex(({ name }) => name === step);
      const before = reached.get(invoiceId) ?? -1;
      expect(step === handedOver ? place > before : place === before + 1).toBe(true);
      if (step !== handedOver) expect(today >= addDays(dueDate!, policy.steps[place]!.afterDays)).toBe(true);
      reached.set(invoiceId, place);
    }
  }
  for (const { input } of reminded) {
    const zone = input.country ? zones[input.country as keyof typeof zones] : input.issuerZone;
    expect(isQuiet(input.now, policy, zone)).toBe(false);
    const end = new Date(input.now).getTime();
    const within = reminded.filter(({ input: { now } }) => {
      const at = new Date(now).getTime();
      return at <= end && at > end - policy.cap.days * dayMs;
    });
    expect(within.length).toBeLessThanOrEqual(policy.cap.messages);
  }
}

it('whatever happens, nothing is sent in quiet hours, beyond the cap, before a grace, or out of order', () => {
  fc.assert(
    fc.property(policies, customers, (policy, customer) => check(policy, lived(policy, customer))),
    { numRuns: 150 },
  );
});

it('who is left alone with it ends with a person', () => {
  fc.assert(
    fc.property(policies, customers, (policy, { jumps, ...customer }) => {
      const steps = lived(policy, { ...customer, jumps: jumps.map(() => 1) });
      const reached = steps.filter(({ decision }) => decision.outcome === 'hand-over');
      expect(reached.length).toBeGreaterThan(0);
    }),
    { numRuns: 60 },
  );
});
