import { describe, expect, it } from 'vitest';
import { ScanRows } from '../../src/modules/billing/persistence/scan-rows.js';
import { OverdueScan } from '../../src/modules/billing/use-cases/overdue-scan.js';
import { RunOverdueScan, ScanSettings } from '../../src/modules/billing/use-cases/run-overdue-scan.js';
import { ManualClock } from '../../src/shared/kernel/clock.js';
import { until } from '../support/until.js';
import { withBilling } from './support.js';

const billing = withBilling();
const asOf = new Date('2026-11-20T12:00:00Z');
const someone = { name: 'Customer Ltd', email: 'billing@example.com', phone: '' };
const query = <Row>(sql: string) => billing.app.db.database.query<Row>(sql);

describe('the hourly scan', () => {
  const clock = new ManualClock(asOf);
  const runner = () =>
    new RunOverdueScan(billing.get(ScanRows), billing.get(OverdueScan), clock, new ScanSettings(false));
  const row = () => billing.get(ScanRows).find('overdue');
  const scans = async () =>
    (await billing.sandbox.paths('stripe')).filter((path) => path === '/v1/invoices').length;
  const dueNow = () => query(`update billing.scans set next_at = '-infinity', failures = 0`);

  it('runs when it is due, by the application’s clock, in one process at a time', async () => {
    await dueNow();
    const customer = await billing.stripe.customer(someone);
    await billing.stripe.issue({ customer, minor: 12_000, dueDate: '2026-11-01' });
    await Promise.all([runner(), runner(), runner()].map((one) => one.runIfDue()));
    expect(await scans()).toBe(1);
    expect(await billing.events('billing.invoice-overdue.v1')).toHaveLength(1);
    expect(await row()).toMatchObject({ failures: 0, lastAt: asOf });
    clock.advance(3_599_000);
    await runner().runIfDue();
    expect(await scans()).toBe(1);
    clock.advance(1_000);
    await runner().runIfDue();
    expect(await scans()).toBe(2);
  });

  it('comes again soon after a failure, and says why in its row', async () => {
    await dueNow();
    await billing.stripe.fault({ match: { path: 'invoices' }, times: 1, kind: '401' });
    await runner().runIfDue();
    expect(await row()).toMatchObject({
      failures: 1,
      lastResult: { sources: [{}, { provider: 'stripe', failure: { code: 'BILLING.CREDENTIALS_REFUSED' } }] },
    });
    clock.advance(59_000);
    await runner().runIfDue();
    expect(await row()).toMatchObject({ failures: 1 });
    clock.advance(1_000);
    await runner().runIfDue();
    expect(await row()).toMatchObject({ failures: 0 });
  });

  it('is taken over from a process that died', async () => {
    await dueNow();
    const [rows, owner] = [billing.get(ScanRows), '00000000-0000-4000-8000-000000000001'];
    expect(await rows.claim('overdue', owner, clock.now(), 60)).toBe(true);
    await runner().runIfDue();
    expect(await scans()).toBe(0);
    await query(`update billing.scans set lease_expires_at = now() - interval '1 s'`);
    await runner().runIfDue();
    expect(await scans()).toBe(1);
    expect(await rows.renew('overdue', owner, 60)).toBe(false);
  });

  it('ends after the page at which its lease was lost', async () => {
    const customer = await billing.stripe.customer(someone);
    for (let place = 0; place < 101; place += 1)
      await billing.stripe.issue({ customer, minor: 100, dueDate: '2026-11-01' });
    const results = await billing.get(OverdueScan).scan(asOf, { goOn: async () => false });
    expect(results.find(({ provider }) => provider === 'stripe')).toMatchObject({ found: 100, stated: 100 });
  });

  it('stops with the process', async () => {
    await dueNow();
    await billing.stripe.admin('PUT', '/settings', { latencyMs: 5_000 });
    const one = runner();
    const running = one.runIfDue();
    await until('Stripe is asked', async () => (await billing.sandbox.paths('stripe')).length > 0);
    await one.beforeApplicationShutdown();
    await running;
    expect(await row()).toMatchObject({ failures: 1 });
  });
});
