import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AutomaticMailReceived } from '../../src/modules/intake/contracts.js';
import { newId } from '../../src/shared/kernel/ids.js';
import { DunningWorld, type Debtor, type DunningRun } from '../support/dunning-world.js';
import { until } from '../support/until.js';

const world = new DunningWorld();
beforeAll(() => world.start(), 60_000);
afterAll(() => world.stop());
beforeEach(() => world.reset('2027-01-11T10:00:00Z'));

const dueDate = '2027-01-04';

interface Case {
  readonly debtor: Debtor;
  readonly invoice: string;
}

/** The first reminder is in the mailbox, and the run waits. */
async function reminded(): Promise<Case> {
  const debtor = await world.debtor();
  const invoice = await world.issue(debtor, dueDate);
  await world.overdue(debtor, invoice, dueDate);
  await world.at(debtor, 'wait');
  return { debtor, invoice };
}

async function lastMail({ debtor }: Case) {
  return (await world.mails(debtor.email)).at(-1)!;
}

/** The customer has replied to the first reminder, and a person is asked. */
async function paused(): Promise<Case & { run: DunningRun }> {
  const one = await reminded();
  await world.reply(await lastMail(one));
  return { ...one, run: await world.at(one.debtor, 'paused') };
}

const bodies = async () => (await world.crm('tasks')).map(({ properties }) => properties['hs_task_body']);

describe('a reply', () => {
  it.each(['token', 'in-reply-to'] as const)('known by %s pauses, and a person is asked', async (how) => {
    const one = await reminded();
    await world.next(one.debtor);
    await world.reply(await lastMail(one), how);
    const run = await world.at(one.debtor, 'paused');
    expect((await world.asked(run)).what).toBe(
      'Reminders to a customer are paused (reply). Are they to go on?',
    );
    await world.goTo('2027-01-31T10:00:00Z');
    await world.at(one.debtor, 'paused');
    expect(await world.subjects(one.debtor)).toHaveLength(2);
  });

  it('to another customer’s reminder pauses nobody else', async () => {
    const [one, other] = [await reminded(), await reminded()];
    await world.reply(await lastMail(other));
    await world.at(other.debtor, 'paused');
    expect(await world.at(one.debtor, 'wait')).toMatchObject({ step: 'wait' });
  });

  it('with a promise: nothing is sent before that day, and then the schedule goes on', async () => {
    const { debtor, run } = await paused();
    await world.goOnFrom(run, '2027-02-10');
    await world.at(debtor, 'wait');
    expect(await world.dueAt(debtor)).toBe('2027-02-10T00:00:00.000Z');
    await world.next(debtor);
    expect(await world.next(debtor)).toBe('2027-02-10T09:00:00.000Z');
    expect((await world.subjects(debtor)).map((subject) => subject.slice(0, 10))).toEqual([
      'A reminder',
      'Payment ov',
    ]);
  });

  it('whose promise is no day is asked about again', async () => {
    const { debtor, run } = await paused();
    await world.goOnFrom(run, 'next Friday');
    await world.at(debtor, 'paused', run.visit);
  });

  it('of an absent person pauses nothing', async () => {
    const one = await reminded();
    const mail = await lastMail(one);
    const message = new AutomaticMailReceived({
      ...{ messageId: newId(), mailbox: 'support@example.com', reason: 'auto-submitted' },
      sender: { kind: 'email', address: mail.to[0]! },
      ...{ subject: 'Out of office', sentAt: world.clock.now().toISOString() },
      ...{ reference: '<out@example.com>', inReplyTo: mail.messageId },
    });
    await world.say(message, 'message:automatic');
    expect(await world.next(one.debtor)).toBe('2027-01-18T09:00:00.000Z');
    expect(await world.subjects(one.debtor)).toHaveLength(2);
  });

  it('that comes while a reminder is tried again leaves that behind', async () => {
    const one = await reminded();
    const mail = await lastMail(one);
    await world.mail.fault('connect', 'smtp-421', { times: 3 });
    await world.goTo(await world.dueAt(one.debtor));
    await until('a try', async () => (await trying()) > 0);
    await world.reply(mail);
    const run = await world.at(one.debtor, 'paused');
    expect(await world.subjects(one.debtor)).toHaveLength(1);
    await world.decide(run, 'approved');
    // It counts as sent: a person has looked, and the next one is ten days later.
    await world.at(one.debtor, 'wait');
    expect(await world.dueAt(one.debtor)).toBe('2027-01-28T09:00:00.000Z');
    expect(await world.subjects(one.debtor)).toHaveLength(1);
  });

  it('that comes while the CRM is out of order is heard afterwards', async () => {
    const one = await reminded();
    await world.sandbox.admin('POST', '/hubspot/faults', [
      { match: { path: 'notes' }, times: 2, kind: '500' },
    ]);
    await world.goTo(await world.dueAt(one.debtor));
    await until('a try', async () => (await trying()) > 0);
    await world.reply(await lastMail(one));
    await world.at(one.debtor, 'paused');
    expect(await world.crm('notes')).toHaveLength(2);
  });
});

async function trying(): Promise<number> {
  const rows = await world.db.database.query(
    `select from messaging.deliveries where attempts > 0 and state = 'pending'`,
  );
  return rows.length;
}

describe('while a person is asked', () => {
  it('a payment ends the run, and the question is closed', async () => {
    const { debtor, invoice, run } = await paused();
    await world.xero.pay(invoice);
    await world.changed(debtor, invoice);
    await world.is(debtor, 'done');
    expect(await world.asked(run)).toBeUndefined();
  });

  it('what else becomes overdue does not resume', async () => {
    const { debtor, run } = await paused();
    await world.overdue(debtor, await world.issue(debtor, '2027-01-05'), '2027-01-05');
    await world.at(debtor, 'paused', run.visit);
    expect(await world.subjects(debtor)).toHaveLength(1);
  });

  it('who denies ends the reminders: a person takes over', async () => {
    const { debtor, run } = await paused();
    await world.decide(run, 'denied');
    await world.at(debtor, 'wait');
    expect(await bodies()).toEqual([
      expect.stringContaining('It was decided that no more reminders are sent.'),
    ]);
    await world.next(debtor);
    await world.next(debtor);
    expect(await world.subjects(debtor)).toHaveLength(1);
  });

  it('who does not answer in two weeks is no consent: a person takes over', async () => {
    const { debtor, run } = await paused();
    await world.goTo('2027-01-25T10:00:10Z');
    await world.at(debtor, 'wait', run.visit);
    expect(await bodies()).toEqual([expect.stringContaining('nobody has decided in time')]);
    expect(await world.subjects(debtor)).toHaveLength(1);
  });
});

describe('a mail that comes back', () => {
  it.each([
    ['for good', {}],
    ['with a complaint', { kind: 'complaint', permanent: false }],
  ] as const)('%s pauses', async (_, more) => {
    const one = await reminded();
    await world.bounced(await lastMail(one), more);
    await world.at(one.debtor, 'paused');
  });

  it('for now pauses nothing', async () => {
    const one = await reminded();
    await world.bounced(await lastMail(one), { permanent: false });
    expect(await world.next(one.debtor)).toBe('2027-01-18T09:00:00.000Z');
    expect(await world.subjects(one.debtor)).toHaveLength(2);
  });

  it('and goes on nevertheless reaches nobody: a person takes over', async () => {
    const one = await reminded();
    await world.bounced(await lastMail(one));
    await world.decide(await world.at(one.debtor, 'paused'), 'approved');
    await world.next(one.debtor);
    expect(await world.subjects(one.debtor)).toHaveLength(1);
    expect(await bodies()).toEqual([expect.stringContaining('Reminders do not reach the customer')]);
  });
});
