import { describe, expect, it } from 'vitest';
import { PollRows } from '../../src/modules/intake/persistence/poll-rows.js';
import { RunPolls } from '../../src/modules/intake/use-cases/run-polls.js';
import { Polls } from '../../src/shared/connectors/polls.js';
import { withBilling } from './support.js';

const key = 'bm90LWEtcmVhbC1rZXk=';
const billing = withBilling({ XERO_WEBHOOK_KEY: key });
const changed = 'intake.invoice-changed.v1';
const someone = { name: 'Customer Ltd', email: 'billing@example.com', phone: '' };

const poll = () => billing.get(Polls).get('xero-invoices')!;
const page = (cursor: string | undefined, now = new Date()) =>
  poll().page(cursor, now, new AbortController().signal);

interface Told {
  events: { resourceId: string; eventDateUtc: string }[];
}

async function all(from: string) {
  const told: Told['events'] = [];
  let cursor = from;
  for (let more = true; more;) {
    const next = await page(cursor);
    for (const body of next.bodies) told.push(...(JSON.parse(body.toString()) as Told).events);
    expect(next.more && next.cursor === cursor).toBe(false);
    ({ cursor, more } = next);
  }
  return { ids: new Set(told.map(({ resourceId }) => resourceId)), told, cursor };
}

describe('the poll of Xero’s invoices', () => {
  it('begins now, and tells nothing of the past', async () => {
    await billing.xero.issue({
      customer: await billing.xero.customer(someone),
      ...{ minor: 100, dueDate: '2026-11-01' },
    });
    const now = new Date('2026-11-20T12:00:00.750Z');
    expect(await page(undefined, now)).toEqual({
      bodies: [],
      cursor: '2026-11-20T12:00:00.000Z|1',
      more: false,
    });
    expect(await billing.sandbox.paths('xero')).toEqual([]);
  });

  it('goes on from what it has told, however many changed in the same second', async () => {
    const customer = await billing.xero.customer(someone);
    const since = new Date(Date.now() - 2_000).toISOString();
    const made: string[] = [];
    for (let place = 0; place < 130; place += 1)
      made.push(await billing.xero.issue({ customer, minor: 100, dueDate: '2026-11-01' }));
    const first = await all(`${since}|1`);
    expect([...first.ids].sort()).toEqual(made.toSorted());
    await billing.xero.pay(made[0] ?? '');
    const second = await all(first.cursor);
    const [paid] = second.told.filter(({ resourceId }) => resourceId === made[0]).slice(-1);
    const before = first.told.find(({ resourceId }) => resourceId === made[0]);
    expect(paid!.eventDateUtc > before!.eventDateUtc).toBe(true);
  });

  it('tells nothing of bills', async () => {
    await billing.xero.admin('POST', '/invoices', {
      ...{ Type: 'ACCPAY', Status: 'AUTHORISED', Contact: { Name: 'Supplier Ltd' }, DueDate: '2026-10-31' },
      LineItems: [{ UnitAmount: 5 }],
    });
    expect((await all('2020-01-01T00:00:00.000Z|1')).ids.size).toBe(0);
  });

  it('and the webhook are one: what was pushed too is told once', async () => {
    const customer = await billing.xero.customer(someone);
    const id = await billing.xero.issue({ customer, minor: 100, dueDate: '2026-11-01' });
    const url = `${billing.app.url}/webhooks/xero`;
    const pushed = await billing.xero.admin('POST', '/webhook/send', { invoice: id, url, key });
    expect(pushed).toMatchObject({ status: 200, body: '' });
    expect(await billing.events(changed)).toHaveLength(1);

    const { database } = billing.app.db;
    await billing.get(PollRows).install([{ name: 'xero-invoices', everySeconds: 300 }]);
    const run = async () => {
      await database.query(
        `update intake.polls set enabled = true, next_at = now(),
           cursor = coalesce(cursor, '2020-01-01T00:00:00.000Z|1') where name = 'xero-invoices'`,
      );
      await billing.get(RunPolls).runDue();
    };
    await run();
    const [row] = (await billing.get(PollRows).list()).filter(({ name }) => name === 'xero-invoices');
    expect(row).toMatchObject({ lastError: null, failures: 0 });
    expect(await billing.events(changed)).toHaveLength(1);
    await billing.xero.pay(id);
    await run();
    const events = await billing.events(changed);
    expect(events.map(({ data }) => data['invoiceId'])).toEqual([id, id]);
    await run();
    expect(await billing.events(changed)).toHaveLength(2);
  });
});

it('Xero finds the address as it wants to: its intent to receive passes', async () => {
  const url = `${billing.app.url}/webhooks/xero`;
  expect(await billing.xero.admin('POST', '/webhook/intent-to-receive', { url, key })).toMatchObject({
    ok: true,
  });
});

it('Stripe’s webhook is closed without a secret', async () => {
  const customer = await billing.stripe.customer(someone);
  const invoice = await billing.stripe.issue({ customer, minor: 100, dueDate: '2026-11-01' });
  const url = `${billing.app.url}/webhooks/stripe`;
  const sent = await billing.stripe.admin('POST', '/webhook/send', { invoice, url, secret: 'whsec_x' });
  expect(sent).toMatchObject({ status: 404 });
});
