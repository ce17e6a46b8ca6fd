import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { headerOf } from '../support/mail-sandbox.js';
import { DunningWorld } from '../support/dunning-world.js';

const world = new DunningWorld();
beforeAll(() => world.start(), 60_000);
afterAll(() => world.stop());
// A Monday; the invoices below were due on the Monday before.
beforeEach(() => world.reset('2027-01-11T10:00:00Z'));

const dueDate = '2027-01-04';

describe.each(['xero', 'stripe'] as const)('an invoice of %s', (provider) => {
  it('is reminded of three times in four weeks, noted each time, and handed over', async () => {
    const debtor = await world.debtor(provider);
    const invoice = await world.issue(debtor, dueDate, 123_450);
    await world.overdue(debtor, invoice, dueDate);
    await world.at(debtor, 'wait');
    expect(await world.subjects(debtor)).toHaveLength(1);
    expect(await world.next(debtor)).toBe('2027-01-18T09:00:00.000Z');
    expect(await world.next(debtor)).toBe('2027-01-28T09:00:00.000Z');
    expect(await world.subjects(debtor)).toEqual([
      expect.stringContaining('A reminder of'),
      'Payment overdue: £1,234.50',
      'Last reminder: £1,234.50',
    ]);
    expect(await world.next(debtor)).toBe('2027-02-05T00:00:00.000Z');
    expect(await world.subjects(debtor)).toHaveLength(3);
    const notes = (await world.crm('notes')).map(({ properties }) => properties['hs_note_body']);
    expect(notes.map((text) => /sent: (\w+)\./.exec(text!)?.[1])).toEqual(['first', 'second', 'third']);
    const [task, ...others] = await world.crm('tasks');
    expect(task?.properties).toMatchObject({
      hubspot_owner_id: '50010001',
      hs_task_subject: expect.stringMatching(/^Overdue: Debtor \d+ Ltd, £1,234.50$/) as string,
    });
    expect(others).toEqual([]);
    // A person has it: it is looked at again each day, and nothing is done.
    await world.next(debtor);
    await world.next(debtor);
    expect([await world.subjects(debtor), await world.crm('tasks')].map(({ length }) => length)).toEqual([
      3, 1,
    ]);
    await world[provider].pay(invoice);
    await world.changed(debtor, invoice);
    await world.is(debtor, 'done');
  });
});

it('reminders are one thread, with an address by which answers are known', async () => {
  const debtor = await world.debtor();
  await world.overdue(debtor, await world.issue(debtor, dueDate), dueDate);
  await world.at(debtor, 'wait');
  await world.next(debtor);
  await world.next(debtor);
  const [first, second, third] = await world.mails(debtor.email);
  expect(headerOf(first!, 'reply-to')).toBe(`support+c.due-${debtor.id}@example.com`);
  expect(headerOf(second!, 'in-reply-to')).toBe(first?.messageId);
  expect(headerOf(third!, 'references')?.split(/\s+/)).toEqual([first?.messageId, second?.messageId]);
  expect(first?.text).toContain('Example Billing');
});

describe('what changes at the accounting system', () => {
  it('paid between two reminders: nothing more is sent, and the run ends', async () => {
    const debtor = await world.debtor();
    const invoice = await world.issue(debtor, dueDate);
    await world.overdue(debtor, invoice, dueDate);
    await world.at(debtor, 'wait');
    await world.xero.pay(invoice);
    await world.changed(debtor, invoice);
    await world.is(debtor, 'done');
    await world.goTo('2027-03-01T10:00:00Z');
    expect(await world.subjects(debtor)).toHaveLength(1);
  });

  it('paid, and nobody told of it: the next reminder is not sent either', async () => {
    const debtor = await world.debtor();
    const invoice = await world.issue(debtor, dueDate);
    await world.overdue(debtor, invoice, dueDate);
    await world.at(debtor, 'wait');
    await world.xero.pay(invoice);
    await world.goTo(await world.dueAt(debtor));
    await world.is(debtor, 'done');
    expect(await world.subjects(debtor)).toHaveLength(1);
  });

  it('paid in part: there is a grace, and then the rest is asked for', async () => {
    const debtor = await world.debtor();
    const invoice = await world.issue(debtor, dueDate, 10_000);
    await world.overdue(debtor, invoice, dueDate);
    const { visit } = await world.at(debtor, 'wait');
    await world.xero.pay(invoice, 4_000, '2027-01-17');
    await world.changed(debtor, invoice);
    await world.at(debtor, 'wait', visit);
    expect(await world.next(debtor)).toBe('2027-01-20T09:00:00.000Z');
    expect((await world.subjects(debtor)).at(-1)).toBe('Payment overdue: £60.00');
  });

  it('voided: the run ends', async () => {
    const debtor = await world.debtor('stripe');
    const invoice = await world.issue(debtor, dueDate);
    await world.overdue(debtor, invoice, dueDate);
    await world.at(debtor, 'wait');
    await world.stripe.cancel(invoice);
    await world.changed(debtor, invoice);
    await world.is(debtor, 'done');
  });

  it('with another due date, later or sooner, the schedule is another one', async () => {
    const debtor = await world.debtor();
    const [postponed, other] = [await world.issue(debtor, dueDate), await world.issue(debtor, dueDate, 500)];
    await world.overdue(debtor, postponed, dueDate);
    const { visit } = await world.at(debtor, 'wait');
    await world.xero.admin('PUT', `/invoices/${postponed}`, { DueDate: '2027-01-25' });
    await world.changed(debtor, postponed);
    await world.at(debtor, 'wait', visit);
    expect(await world.next(debtor)).toBe('2027-01-18T09:00:00.000Z');
    expect((await world.subjects(debtor)).at(-1)).toBe('Payment overdue: £5.00');
    await world.xero.pay(other);
    await world.changed(debtor, other);
    // Nothing is overdue until its new date: that is another run.
    await world.is(debtor, 'done');
    await world.goTo('2027-01-28T10:00:00Z');
    await world.overdue(debtor, postponed, '2027-01-25');
    await world.at(debtor, 'wait');
    expect((await world.subjects(debtor)).at(-1)).toMatch(/^A reminder of invoice/);
    expect(await world.runs(debtor)).toHaveLength(2);
  });

  it('two invoices of a customer are one message, and one run', async () => {
    const debtor = await world.debtor();
    const [one, two] = [await world.issue(debtor, dueDate), await world.issue(debtor, dueDate, 5_000)];
    await Promise.all([world.overdue(debtor, one, dueDate), world.overdue(debtor, two, dueDate)]);
    await world.at(debtor, 'wait');
    expect(await world.runs(debtor)).toHaveLength(1);
    const [mail, ...others] = await world.mails(debtor.email);
    expect([mail?.subject, others.length]).toEqual(['A reminder of your invoices', 0]);
    expect(mail?.text).toContain('£150.00');
  });
});
