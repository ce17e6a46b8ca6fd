import { describe, expect, it } from 'vitest';
import { OverdueEvents } from '../../src/modules/billing/persistence/overdue-events.js';
import { OverdueScan } from '../../src/modules/billing/use-cases/overdue-scan.js';
import { KeyedHash } from '../../src/shared/crypto/keyed-hash.js';
import { withBilling } from './support.js';

const billing = withBilling();
const asOf = new Date('2026-11-20T12:00:00Z');
const overdue = 'billing.invoice-overdue.v1';
const someone = { name: 'Customer Ltd', email: 'billing@example.com', phone: '' };

async function late(world: 'xero' | 'stripe', dueDate = '2026-11-01') {
  const one = billing[world];
  const customer = await one.customer(someone);
  return { customer, id: await one.issue({ customer, minor: 12_000, dueDate }) };
}

const scan = (at = asOf) => billing.get(OverdueScan).scan(at);
const query = <Row>(sql: string) => billing.app.db.database.query<Row>(sql);

describe('the scan for overdue invoices', () => {
  it('states each once, whatever the accounting system, with ids and a date only', async () => {
    const [xero, stripe] = [await late('xero'), await late('stripe')];
    await late('xero', '2026-12-01');
    expect(await scan()).toEqual([
      { provider: 'xero', found: 1, stated: 1, unreadable: 0 },
      { provider: 'stripe', found: 1, stated: 1, unreadable: 0 },
    ]);
    const events = await billing.events(overdue);
    expect(events.map(({ subject, data }) => [subject, data])).toEqual([
      [
        `invoice:${xero.id}`,
        {
          ...{ provider: 'xero', account: '10000000-0000-4000-8000-000000000001', invoiceId: xero.id },
          ...{ customerId: xero.customer, dueDate: '2026-11-01' },
        },
      ],
      [
        `invoice:${stripe.id}`,
        {
          ...{ provider: 'stripe', account: 'self', invoiceId: stripe.id },
          ...{ customerId: stripe.customer, dueDate: '2026-11-01' },
        },
      ],
    ]);
    expect((await scan()).map(({ found, stated }) => [found, stated])).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect(await billing.events(overdue)).toHaveLength(2);
  });

  it('seals each under a key of its own, whose subject is the customer', async () => {
    const { customer } = await late('stripe');
    await scan();
    const [event] = await billing.events(overdue);
    const subject = billing.get(KeyedHash).of('data-subject', `stripe-customer:self:${customer}`);
    const rows = await billing.app.db.database.query<{ key_id: string }>(
      `select key_id from crypto.key_subjects where subject = $1`,
      [subject],
    );
    expect(rows.map((row) => row.key_id)).toEqual([event!.keyId]);
  });

  it('states it again when its due date was moved and has passed again', async () => {
    const { id } = await late('xero');
    await scan();
    await billing.xero.admin('PUT', `/invoices/${id}`, { DueDate: '2026-11-25' });
    await scan();
    expect(await billing.events(overdue)).toHaveLength(1);
    await scan(new Date('2026-11-26T12:00:00Z'));
    const dates = (await billing.events(overdue)).map(({ data }) => data['dueDate']);
    expect(dates).toEqual(['2026-11-01', '2026-11-25']);
  });

  it('reads one system while the other one is out of order', async () => {
    await late('xero');
    await late('stripe');
    await billing.xero.fault({ match: { path: 'Invoices' }, kind: '503-html' });
    expect(await scan()).toEqual([
      {
        ...{ provider: 'xero', found: 0, stated: 0, unreadable: 0 },
        failure: { code: 'BILLING.UNAVAILABLE', message: expect.any(String) as string },
      },
      { provider: 'stripe', found: 1, stated: 1, unreadable: 0 },
    ]);
  });

  it('by several processes at once states each once', async () => {
    for (let place = 0; place < 20; place += 1) await late('stripe', `2026-10-${10 + place}`);
    await Promise.all([scan(), scan(), scan()]);
    expect(await billing.events(overdue)).toHaveLength(20);
    const [seen] = await query<{ n: number }>(`select count(*)::int as n from billing.overdue_seen`);
    expect(seen?.n).toBe(20);
  });

  it('that cannot write the event has told of nothing', async () => {
    await late('stripe');
    await query(`alter table messaging.messages add constraint no_messages check (false) not valid`);
    await expect(scan()).rejects.toThrow(/no_messages/);
    await query(`alter table messaging.messages drop constraint no_messages`);
    expect(await query(`select from billing.overdue_seen`)).toEqual([]);
    await scan();
    expect(await billing.events(overdue)).toHaveLength(1);
  });

  it('of no invoices writes nothing', async () => {
    const counts = billing.app.db.database.counts;
    const before = counts.statements;
    expect(await billing.get(OverdueEvents).state([], asOf)).toEqual({ count: 0, lanes: [] });
    expect(counts.statements).toBe(before);
  });
});

describe('one invoice, of which something was told', () => {
  it.each(['xero', 'stripe'] as const)(
    '%s: is stated at once when it is overdue, and once',
    async (provider) => {
      const check = (id: string, at = asOf) => billing.get(OverdueScan).check(provider, id, at);
      const { id } = await late(provider);
      expect(await check(id, new Date('2026-11-01T12:00:00Z'))).toBe(false);
      expect(await check(id)).toBe(true);
      expect(await check(id)).toBe(false);
      await scan();
      expect(await billing.events(overdue)).toHaveLength(1);
      const paid = await late(provider, '2026-11-02');
      await billing[provider].pay(paid.id);
      expect(await check(paid.id)).toBe(false);
      expect(await check(billing[provider].unknownId)).toBe(false);
    },
  );
});
