import assert from 'node:assert/strict';
import type { InvoicesWorld } from './invoices-world.js';

export interface ConformanceCase {
  readonly name: string;
  run(world: InvoicesWorld): Promise<void>;
}

const given = { name: 'Kunde GmbH', email: 'rechnung@example.com', phone: '+15550100009' };

/** What every adapter of `Invoices` knows of customers and of what they paid. */
export const customersConformance: readonly ConformanceCase[] = [
  {
    name: 'what was paid of an invoice says when, alone and among all that a customer owes',
    async run(world) {
      const customer = await world.customer(given);
      const issue = () => world.issue({ customer, minor: 10_000, dueDate: '2026-10-31' });
      const [part, untouched] = [await issue(), await issue()];
      await world.pay(part, 100, '2026-11-05');
      await world.pay(part, 100, '2026-11-03');
      const open = await world.invoices.openOfCustomer(customer);
      const alone = await Promise.all([part, untouched].map((id) => world.invoices.invoice(id)));
      for (const invoices of [open, alone]) {
        const dayOf = (id: string) => invoices.find((one) => one?.id === id)?.lastPaymentOn;
        assert.deepEqual([dayOf(part), dayOf(untouched)], ['2026-11-05', undefined]);
      }
    },
  },
  {
    name: 'a customer is found with its addresses and its country, and where each invoice is paid',
    async run(world) {
      const id = await world.customer({ ...given, country: 'DE' });
      const customer = await world.invoices.customer(id);
      assert.deepEqual(
        [customer?.id, customer?.name, customer?.emails, customer?.country],
        [id, 'Kunde GmbH', ['rechnung@example.com'], 'DE'],
      );
      await world.issue({ customer: id, minor: 10_000, dueDate: '2026-10-31' });
      const [open] = await world.invoices.openOfCustomer(id);
      assert.ok(open);
      assert.equal(new URL((await world.invoices.pageOf(open)) ?? '').protocol, 'https:');
      const another = await world.customer({ ...given, name: 'Somebody Ltd' });
      assert.equal((await world.invoices.customer(another))?.country, undefined);
      assert.equal(await world.invoices.customer('nobody/at all'), undefined);
      assert.equal(await world.invoices.customer(world.unknownCustomerId), undefined);
    },
  },
];
