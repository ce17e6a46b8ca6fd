import { describe, expect, it } from 'vitest';
import { PlanReminder, type ReminderPlan } from '../../src/modules/billing/contracts.js';
import type { DunningPolicy } from '../../src/modules/billing/domain/dunning-policy.js';
import { PlanReminderHandler } from '../../src/modules/billing/use-cases/plan-reminder.js';
import { KeyRing } from '../../src/shared/crypto/key-ring.js';
import { newId } from '../../src/shared/kernel/ids.js';
import type { HandlerContext } from '../../src/shared/messaging/handler.js';
import { PolicyDocuments } from '../../src/shared/policies/policy-documents.js';
import { live, sent, withPolicy } from '../support/dunning.js';
import { withBilling } from './support.js';

const billing = withBilling();
const someone = { name: 'Kunde GmbH', email: 'rechnung@example.com', phone: '', country: 'DE' };
const noon = '2026-11-18T12:00:00Z';

async function setPolicy(body: DunningPolicy): Promise<void> {
  const documents = billing.get(PolicyDocuments);
  const { revision } = await documents.get('dunning');
  const saved = await documents.saveDraft('dunning', body, { actor: 'test', revision });
  const { version } = saved.draft!;
  await documents.activate('dunning', version, 'test', { actor: 'test', revision: saved.revision });
}

async function plan(
  provider: 'xero' | 'stripe',
  customerId: string,
  part: Partial<PlanReminder> = {},
  now = noon,
) {
  const account = provider === 'xero' ? '10000000-0000-4000-8000-000000000001' : 'self';
  const command = Object.assign(new PlanReminder(), { provider, account, customerId, sent: [], ...part });
  const { key } = billing.get(KeyRing).create([]);
  const context = {
    ...{ now: new Date(now), signal: new AbortController().signal, actor: 'flow:overdue-invoice' },
    ...{ runId: newId(), step: 'plan', attempt: 1, key },
  } as unknown as HandlerContext;
  const { result, changes = [] } = await billing.get(PlanReminderHandler).run(command, context);
  return { result: JSON.parse(JSON.stringify(result)) as ReminderPlan, changes };
}

describe.each(['xero', 'stripe'] as const)('the plan for a customer of %s', (provider) => {
  it('lists all that is due in one message, as the customer writes it', async () => {
    await setPolicy(live);
    const world = billing[provider];
    const customer = await world.customer(someone);
    const issue = (minor: number, dueDate: string, currency = 'EUR') =>
      world.issue({ customer, minor, dueDate, currency });
    const [old, other, dollars] = [
      await issue(123_450, '2026-11-02'),
      await issue(10_000, '2026-11-09'),
      await issue(5_000, '2026-11-10', 'USD'),
    ];
    await issue(700, '2026-12-24');
    await world.pay(old, 23_450, '2026-11-05');
    await world.pay(await issue(99_900, '2026-11-01'));
    const { result } = await plan(provider, customer, { sent: [sent('first', '2026-11-05T09:00:00Z', old)] });
    expect(result).toMatchObject({
      ...{ outcome: 'remind', step: 'second', tone: 'firm', template: 'overdue-firm', to: [someone.email] },
      ...{ customerName: 'Kunde GmbH', language: 'de', locale: 'de-DE' },
    });
    if (result.outcome !== 'remind') throw new Error(result.outcome);
    const rows = result.invoices.map((one) => [
      one.invoiceId,
      one.dueMinor,
      one.currency,
      one.dueDate,
      one.step,
    ]);
    expect(rows).toEqual([
      [old, 100_000, 'EUR', '2026-11-02', 'second'],
      [other, 10_000, 'EUR', '2026-11-09', 'first'],
      [dollars, 5_000, 'USD', '2026-11-10', 'first'],
    ]);
    expect(result.invoices[0]).toMatchObject({ due: '2. November 2026', daysLate: 16 });
    expect(result.invoices[0]?.amount.replace(/\s/g, ' ')).toBe('1.000,00 €');
    expect(result.invoices.every(({ url, number }) => url?.startsWith('https:') && number !== '')).toBe(true);
    expect(result.totals.map(({ currency, dueMinor }) => [currency, dueMinor])).toEqual([
      ['EUR', 110_000],
      ['USD', 5_000],
    ]);
  });

  it('follows the invoices: void, paid, and with another due date', async () => {
    await setPolicy(live);
    const world = billing[provider];
    const customer = await world.customer(someone);
    const issue = () => world.issue({ customer, minor: 10_000, dueDate: '2026-11-02' });
    const [gone, paid] = [await issue(), await issue()];
    expect((await plan(provider, customer)).result).toMatchObject({ outcome: 'remind' });
    await world.cancel(gone);
    expect((await plan(provider, customer)).result).toMatchObject({ invoices: [{ invoiceId: paid }] });
    await world.pay(paid, 100, '2026-11-17');
    expect((await plan(provider, customer)).result).toMatchObject({ outcome: 'wait', why: 'grace' });
    await world.pay(paid);
    expect((await plan(provider, customer)).result).toEqual({ outcome: 'nothing-due', why: 'paid' });
  });

  it('is for a person when nobody can be written to', async () => {
    await setPolicy(withPolicy({ handOver: { afterDays: 28, to: 'accounts' } }));
    const customer = await billing[provider].customer({ ...someone, email: '' });
    const id = await billing[provider].issue({ customer, minor: 10_000, dueDate: '2026-11-02' });
    expect((await plan(provider, customer)).result).toMatchObject({
      ...{ outcome: 'hand-over', reason: 'no-address', to: 'accounts', customerName: 'Kunde GmbH' },
      invoices: [{ invoiceId: id, step: 'hand-over' }],
    });
  });
});

it('before it is answered what going live asks nothing is read or sent, and it is said what to answer', async () => {
  await setPolicy(withPolicy({ goingLive: {} }));
  const { result, changes } = await plan('stripe', 'cus_any');
  expect(result).toMatchObject({ outcome: 'not-live', until: '2026-11-19T12:00:00.000Z' });
  if (result.outcome !== 'not-live') throw new Error(result.outcome);
  expect(result.code).toBe('BILLING.DUNNING_NOT_LIVE');
  expect(result.message).toContain('goingLive.accountingRemindersOff');
  expect(result.message).toContain('goingLive.backlog');
  expect(changes).toEqual([]);
  expect(await billing.sandbox.paths('stripe')).toEqual([]);
  await setPolicy(withPolicy({ goingLive: { accountingRemindersOff: false, backlog: 'all' } }));
  expect((await plan('stripe', 'cus_any')).result).toMatchObject({
    message: expect.stringContaining('while the accounting system reminds by itself') as string,
  });
});

it('records what it decided, by which version, on what', async () => {
  await setPolicy(live);
  const customer = await billing.stripe.customer(someone);
  await billing.stripe.issue({ customer, minor: 10_000, dueDate: '2026-11-02' });
  const { changes } = await plan('stripe', customer);
  const { version } = (await billing.get(PolicyDocuments).get('dunning')).active;
  expect(changes.map(({ row }) => row)).toMatchObject([
    { policy: 'dunning', version, step: 'plan', flow: 'overdue-invoice', outcome: { outcome: 'remind' } },
  ]);
  expect(JSON.stringify(changes.map(({ row }) => (row as { outcome: object }).outcome))).not.toContain('@');
});

it('is tried again while the accounting system is out of order, or a calendar is missing', async () => {
  await setPolicy(live);
  await billing.stripe.fault({ match: { path: 'invoices' }, kind: '500' });
  await expect(plan('stripe', 'cus_any')).rejects.toMatchObject({ code: 'BILLING.UNAVAILABLE' });
  await billing.sandbox.admin('POST', '/reset');
  await setPolicy(withPolicy({ quietHours: { ...live.quietHours, workingDaysOf: 'bavaria' } }));
  await expect(plan('stripe', 'cus_any')).rejects.toMatchObject({ code: 'CALENDAR.UNKNOWN' });
});
