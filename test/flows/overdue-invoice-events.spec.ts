import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Mailer } from '../../src/modules/outbound/connectors/mailer.js';
import { DunningWorld, type Debtor } from '../support/dunning-world.js';
import { until } from '../support/until.js';
import { withPolicy } from '../support/dunning.js';

const world = new DunningWorld();
beforeAll(() => world.start(), 60_000);
afterAll(() => world.stop());
beforeEach(() => world.reset('2027-01-11T10:00:00Z'));

const dueDate = '2027-01-04';

async function reminded(debtor: Debtor): Promise<string> {
  const invoice = await world.issue(debtor, dueDate);
  await world.overdue(debtor, invoice, dueDate);
  await world.at(debtor, 'wait');
  return invoice;
}

describe('events', () => {
  it('a payment that commits while the wait is being registered is seen', async () => {
    const debtors = await Promise.all(Array.from({ length: 8 }, () => world.debtor('stripe')));
    await Promise.all(
      debtors.map(async (debtor, place) => {
        const invoice = await world.issue(debtor, dueDate);
        await world.overdue(debtor, invoice, dueDate);
        // Each is paid at another moment around its first plan, mail, note and wait.
        await new Promise((resolve) => setTimeout(resolve, place * 60));
        await world.stripe.pay(invoice);
        await world.changed(debtor, invoice);
      }),
    );
    for (const debtor of debtors) await world.is(debtor, 'done');
    for (const debtor of debtors) expect((await world.subjects(debtor)).length).toBeLessThanOrEqual(1);
  });

  it('that come more than once, late or without a reason send nothing twice', async () => {
    const debtor = await world.debtor();
    const invoice = await reminded(debtor);
    await Promise.all([
      ...[1, 2, 3].map(() => world.overdue(debtor, invoice, dueDate)),
      ...[1, 2, 3].map(() => world.duesChanged(debtor)),
    ]);
    await world.at(debtor, 'wait');
    expect(await world.subjects(debtor)).toHaveLength(1);
    await world.xero.pay(invoice);
    await world.changed(debtor, invoice);
    await world.is(debtor, 'done');
    // Out of order: it was overdue before it was paid.
    await world.overdue(debtor, invoice, dueDate);
    await world.is(debtor, 'done');
    expect(await world.subjects(debtor)).toHaveLength(1);
    expect((await world.runs(debtor)).every(({ status }) => status === 'done')).toBe(true);
  });

  it('that come while a mail is being handed over send it no second time, and are heard', async () => {
    const debtor = await world.debtor();
    const invoice = await world.issue(debtor, dueDate);
    const mailer = world.spine.get(Mailer);
    const send = mailer.send.bind(mailer);
    let [began, goOn] = [() => undefined as void, () => undefined as void];
    const beginning = new Promise<void>((resolve) => (began = resolve));
    const going = new Promise<void>((resolve) => (goOn = resolve));
    mailer.send = async (...given) => {
      began();
      const sent = await send(...given);
      await going;
      return sent;
    };
    try {
      await world.overdue(debtor, invoice, dueDate);
      await beginning;
      // A part comes in; the answer of the mail server does not, until that has been told.
      await world.xero.pay(invoice, 4_000, '2027-01-10');
      await world.duesChanged(debtor);
      await until('the run has been woken', async () => {
        const woken = await world.db.database.query(
          `select from messaging.attempts where type = 'flow.run-woken.v1' and started_at > now() - interval '2 s'`,
        );
        return woken.length > 0;
      });
    } finally {
      goOn();
      mailer.send = send;
    }
    await world.at(debtor, 'wait');
    expect(await world.subjects(debtor)).toHaveLength(1);
    await world.next(debtor);
    expect((await world.subjects(debtor)).at(-1)).toBe('Payment overdue: £60.00');
  });

  it('an event of another customer moves nobody', async () => {
    const [debtor, other] = [await world.debtor(), await world.debtor()];
    await reminded(debtor);
    const before = await world.at(debtor, 'wait');
    await world.duesChanged(other);
    await world.at(debtor, 'wait');
    expect(await world.at(debtor, 'wait')).toEqual(before);
  });
});

describe('the policy', () => {
  it('that is changed while runs wait counts when they go on', async () => {
    const debtor = await world.debtor();
    await reminded(debtor);
    expect(await world.dueAt(debtor)).toBe('2027-01-18T09:00:00.000Z');
    const quietHours = { from: '12:00', until: '11:00', workingDaysOf: 'office' };
    await world.policy(withPolicy({ quietHours }));
    await world.next(debtor);
    expect(await world.dueAt(debtor)).toBe('2027-01-18T11:00:00.000Z');
    expect(await world.subjects(debtor)).toHaveLength(1);
    await world.next(debtor);
    expect(await world.subjects(debtor)).toHaveLength(2);
  });

  it('that is not live sends nothing until somebody has answered it', async () => {
    await world.policy(withPolicy({ goingLive: {} }));
    const debtor = await world.debtor();
    await reminded(debtor);
    expect(await world.subjects(debtor)).toEqual([]);
    await world.policy(withPolicy({}));
    await world.next(debtor);
    expect(await world.subjects(debtor)).toHaveLength(1);
  });

  it.each([
    ['spring in London', 'GB', '2027-03-22T10:00:00Z', '2027-03-15', '2027-03-29T08:00:00.000Z'],
    ['autumn in London', 'GB', '2027-10-25T10:00:00Z', '2027-10-18', '2027-11-01T09:00:00.000Z'],
    ['spring in Chicago', 'US', '2027-03-08T16:00:00Z', '2027-03-01', '2027-03-15T14:00:00.000Z'],
  ])('keeps nine o’clock of the customer when clocks change: %s', async (_, country, now, due, next) => {
    await world.reset(now);
    const debtor = await world.debtor('xero', { country });
    await world.overdue(debtor, await world.issue(debtor, due), due);
    await world.at(debtor, 'wait');
    expect(await world.next(debtor)).toBe(next);
    expect(await world.subjects(debtor)).toHaveLength(2);
  });
});

it('a customer whom the CRM does not know is reminded all the same, and the note is left out', async () => {
  const debtor = await world.debtor('xero', { inCrm: false });
  await reminded(debtor);
  expect(await world.subjects(debtor)).toHaveLength(1);
  expect(await world.crm('notes')).toEqual([]);
  const [decision] = await world.db.database.query(
    `select decision from messaging.attempts where step = 'find-contact' order by message_id desc limit 1`,
  );
  expect(decision).toMatchObject({ decision: { go: 'plan' } });
});

it('the run is found by address, by invoice, and by customer', async () => {
  const debtor = await world.debtor();
  await reminded(debtor);
  const { id } = await world.at(debtor, 'wait');
  const found = await until('the names', async () => {
    const rows = await world.db.database.query<{ n: number }>(
      `select count(*)::int as n from flow.run_keys where run_id = $1`,
      [id],
    );
    return rows[0]?.n;
  });
  expect(found).toBe(2);
});
