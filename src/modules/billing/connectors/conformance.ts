import assert from 'node:assert/strict';
import { customersConformance, type ConformanceCase } from './conformance-customers.js';
import type { Invoice } from '../domain/invoice.js';
import type { Invoices } from './invoices.js';
import type { InvoicesWorld } from './invoices-world.js';

const noon = (day: string): Date => new Date(`${day}T12:00:00Z`);

function customerIn(world: InvoicesWorld, place = 1): Promise<string> {
  const phone = `+1555010000${place}`;
  return world.customer({ name: `Customer ${place} Ltd`, email: `billing${place}@example.com`, phone });
}

async function required(world: InvoicesWorld, id: string): Promise<Invoice> {
  const invoice = await world.invoices.invoice(id);
  assert.ok(invoice, `${id} is not found`);
  return invoice;
}

async function allOverdue(invoices: Invoices, asOf: Date): Promise<Invoice[]> {
  const found: Invoice[] = [];
  let cursor: string | undefined;
  do {
    const page = await invoices.overdue(asOf, cursor);
    assert.equal(page.unreadable, 0);
    found.push(...page.invoices);
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}

const ids = (invoices: readonly { id: string }[]): string[] => invoices.map(({ id }) => id).sort();

/** What every adapter of `Invoices` does, whatever the accounting system. Each case expects a world that is empty. */
export const invoicesConformance: readonly ConformanceCase[] = [
  {
    name: 'an open invoice says who owes how much, until when, and where it is paid',
    async run(world) {
      const customer = await customerIn(world);
      const id = await world.issue({ customer, minor: 12_345, dueDate: '2026-10-31' });
      const invoice = await required(world, id);
      assert.equal(invoice.provider, world.invoices.provider);
      assert.deepEqual([invoice.id, invoice.status, invoice.dueDate], [id, 'open', '2026-10-31']);
      assert.deepEqual([invoice.currency, invoice.exponent], ['GBP', 2]);
      assert.deepEqual([invoice.totalMinor, invoice.dueMinor], [12_345, 12_345]);
      const { id: customerId, name, emails, phone } = invoice.customer;
      assert.deepEqual(
        [customerId, name, emails, phone],
        [customer, 'Customer 1 Ltd', ['billing1@example.com'], '+15550100001'],
      );
      assert.ok(invoice.number.length > 0 && invoice.account.length > 0);
      assert.equal(new URL(invoice.url ?? '').protocol, 'https:');
      const brief = await world.invoices.summary(id);
      assert.deepEqual([brief?.dueMinor, brief?.customer.id], [12_345, customer]);
      assert.ok(Math.abs(invoice.changedAt.getTime() - Date.now()) < 60_000);
    },
  },
  {
    name: 'an id that leads to nothing, or is another system’s, is no invoice and no error',
    async run(world) {
      const others = ['in_1Other', '00000000-0000-4000-8000-00000000dead', 'x/../y', '', ' '];
      for (const id of [world.unknownId, ...others]) {
        assert.equal(await world.invoices.invoice(id), undefined);
        assert.equal(await world.invoices.summary(id), undefined);
      }
      assert.deepEqual(await world.invoices.openOfCustomer('nobody/at all'), []);
    },
  },
  {
    name: 'what is paid in part stays open with the rest due; what is paid, void or a draft says so',
    async run(world) {
      const customer = await customerIn(world);
      const issue = (draft = false) => world.issue({ customer, minor: 10_000, dueDate: '2026-10-31', draft });
      const [part, paid, gone, draft] = [await issue(), await issue(), await issue(), await issue(true)];
      await world.pay(part, 2_550);
      await world.pay(paid);
      await world.cancel(gone);
      const states = await Promise.all([part, paid, gone, draft].map((id) => required(world, id)));
      assert.deepEqual(
        states.map(({ status }) => status),
        ['open', 'paid', 'void', 'draft'],
      );
      assert.deepEqual(
        states.slice(0, 3).map(({ dueMinor }) => dueMinor),
        [7_450, 0, 0],
      );
    },
  },
  {
    name: 'amounts are in the currency’s own smallest unit',
    async run(world) {
      const customer = await customerIn(world);
      const given = [
        ['JPY', 0, 5_000],
        ['KWD', 3, 12_340],
        ['USD', 2, 1],
        ['ISK', 0, 900],
      ] as const;
      for (const [currency, exponent, minor] of given) {
        const id = await world.issue({ customer, currency, minor, dueDate: '2026-10-31' });
        const read = await required(world, id);
        assert.deepEqual([read.currency, read.exponent, read.totalMinor], [currency, exponent, minor]);
      }
    },
  },
  {
    name: 'overdue is what is open, was due before the day, and has an amount due',
    async run(world) {
      const customer = await customerIn(world);
      const issue = (dueDate: string, draft = false) =>
        world.issue({ customer, minor: 10_000, dueDate, draft });
      const late = [await issue('2026-11-19'), await issue('2025-01-31')];
      await issue('2026-11-20');
      await issue('2026-12-24');
      await issue('2026-11-01', true);
      await world.pay(await issue('2026-11-01'));
      await world.cancel(await issue('2026-11-01'));
      await world.pay(late[0] ?? '', 1);
      const found = await allOverdue(world.invoices, noon('2026-11-20'));
      assert.deepEqual(ids(found), late.toSorted());
      assert.equal(found.find(({ id }) => id === late[0])?.dueMinor, 9_999);
      assert.ok(found.every((one) => one.customer.id === customer && one.account.length > 0));
    },
  },
  {
    name: 'a day ends when it ends in the organisation’s zone',
    async run(world) {
      const customer = await customerIn(world);
      const halfPastEleven = new Date('2026-11-20T11:30:00Z');
      for (const [zone, expected] of [
        ['Pacific/Auckland', 1], // 21 November, half past midnight
        ['America/New_York', 0], // 20 November, half past six
      ] as const) {
        const invoices = await world.inZone(zone);
        assert.equal(await invoices.timeZone(), zone);
        const id = await world.issue({ customer, minor: 10_000, dueDate: '2026-11-20' });
        assert.equal((await invoices.invoice(id))?.dueDate, '2026-11-20');
        assert.equal((await allOverdue(invoices, halfPastEleven)).length, expected);
        await world.cancel(id);
      }
    },
  },
  {
    name: 'more than fit on a page are found page by page, each once',
    async run(world) {
      const customer = await customerIn(world);
      const made: string[] = [];
      for (let place = 0; place < 205; place += 1)
        made.push(await world.issue({ customer, minor: 10_000 + place, dueDate: '2026-11-01' }));
      const first = await world.invoices.overdue(noon('2026-11-20'), undefined);
      assert.ok(first.next !== undefined && first.invoices.length >= 100);
      assert.deepEqual(ids(await allOverdue(world.invoices, noon('2026-11-20'))), made.toSorted());
      assert.deepEqual(ids(await world.invoices.openOfCustomer(customer)), made.toSorted());
    },
  },
  {
    name: 'what a customer owes is all of theirs that is open, late or not, and nobody else’s',
    async run(world) {
      const [one, two] = [await customerIn(world, 1), await customerIn(world, 2)];
      const issue = (customer: string, dueDate: string) => world.issue({ customer, minor: 10_000, dueDate });
      const theirs = [await issue(one, '2020-01-01'), await issue(one, '2099-01-01')];
      await world.pay(await issue(one, '2026-11-01'));
      const other = await issue(two, '2026-11-01');
      assert.deepEqual(ids(await world.invoices.openOfCustomer(one)), theirs.toSorted());
      assert.deepEqual(ids(await world.invoices.openOfCustomer(two)), [other]);
    },
  },
  ...customersConformance,
];
