import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EffectDecisions } from '../../src/shared/effects/effect-decisions.js';
import { DunningWorld, type Debtor } from '../support/dunning-world.js';
import { until } from '../support/until.js';

const world = new DunningWorld();
beforeAll(() => world.start(), 60_000);
afterAll(() => world.stop());
beforeEach(() => world.reset('2027-01-11T10:00:00Z'));

const dueDate = '2027-01-04';

async function issued(): Promise<{ debtor: Debtor; invoice: string }> {
  const debtor = await world.debtor();
  const invoice = await world.issue(debtor, dueDate);
  await world.overdue(debtor, invoice, dueDate);
  return { debtor, invoice };
}

it('a connection that is cut after DATA leaves one mail, a person says so, and the run goes on', async () => {
  await world.mail.fault('data', 'reset-after');
  const { debtor } = await issued();
  const run = await world.is(debtor, 'held');
  await world.retry(run);
  await world.is(debtor, 'held');
  const [effect] = await world.db.database.query<{ id: string }>(
    `select id from effects.effects where run_id = $1 and state = 'uncertain'`,
    [run.id],
  );
  const confirmed = { decision: 'confirmed' } as const;
  await world.spine.get(EffectDecisions).decide(effect!.id, confirmed, 'it is in the mailbox', 'key:test');
  await world.at(debtor, 'wait');
  expect(await world.subjects(debtor)).toHaveLength(1);
  expect((await world.mail.effects()).duplicates).toEqual([]);
  // It counts: the next one is the second.
  await world.next(debtor);
  expect((await world.subjects(debtor)).at(-1)).toMatch(/^Payment overdue/);
});

it('nobody can be written to: a person takes over at once', async () => {
  const debtor = await world.debtor('xero', { hasAddress: false });
  await world.overdue(debtor, await world.issue(debtor, dueDate), dueDate);
  await world.at(debtor, 'wait');
  const [task] = await world.crm('tasks');
  expect(task?.properties['hs_task_body']).toContain('There is no e-mail address');
  expect(task?.properties['hubspot_owner_id']).toBe('50010001');
});

it('a process that is away for weeks sends what is due then, once', async () => {
  const { debtor } = await issued();
  await world.at(debtor, 'wait');
  await world.spine.stop();
  world.clock.advance(40 * 86_400_000);
  await world.begin();
  await world.goTo('2027-02-22T10:00:00Z');
  await until('the second reminder', async () => (await world.subjects(debtor)).length > 1);
  await world.at(debtor, 'wait');
  expect((await world.subjects(debtor)).map((subject) => subject.slice(0, 10))).toEqual([
    'A reminder',
    'Payment ov',
  ]);
  expect(await world.dueAt(debtor)).toBe('2027-03-04T09:00:00.000Z');
});

// Last, since the breaker of the mail server remembers.
describe('a provider that is down for longer than the retries', () => {
  it.each([
    ['the accounting system', '/xero/faults', { match: { path: 'Invoices' }, kind: '500' }, 'plan'],
    ['the CRM', '/hubspot/faults', { match: { path: 'notes' }, kind: '500' }, 'note'],
    [
      'the mail server',
      '/mail/faults',
      { match: { method: 'SMTP', path: '^/connect$' }, kind: 'smtp-421' },
      'remind',
    ],
  ])('%s: the run is held, and goes on when a person retries it', async (_, path, rule, step) => {
    await world.sandbox.admin('POST', path, [rule]);
    const { debtor } = await issued();
    const run = await world.is(debtor, 'held');
    expect(run.step).toBe(step);
    await world.sandbox.admin('DELETE', path);
    await world.retry(run);
    await world.at(debtor, 'wait');
    expect(await world.subjects(debtor)).toHaveLength(1);
    expect(await world.crm('notes')).toHaveLength(1);
  });
});

/** The mail server does not answer; the reminder is tried again and again. */
async function waitsForServer(): Promise<{ debtor: Debtor; invoice: string }> {
  const connect = { match: { method: 'SMTP', path: '^/connect$' }, kind: 'smtp-421' };
  await world.sandbox.admin('POST', '/mail/faults', [connect]);
  const one = await issued();
  await until('a try', async () => {
    const tried = await world.db.database.query(
      `select from messaging.deliveries where step = 'remind' and state = 'pending' and attempts > 0`,
    );
    return tried.length > 0;
  });
  return one;
}

describe('a reminder that waits for its server', () => {
  it('is not sent after the payment', async () => {
    const { debtor, invoice } = await waitsForServer();
    await world.xero.pay(invoice);
    await world.changed(debtor, invoice);
    await world.sandbox.admin('DELETE', '/mail/faults');
    await world.is(debtor, 'done');
    expect(await world.subjects(debtor)).toEqual([]);
    expect((await world.runs(debtor)).map(({ status }) => status)).toContain('done');
  });

  it('is sent with the amount that is left', async () => {
    const { debtor, invoice } = await waitsForServer();
    await world.xero.pay(invoice, 2_500, '2027-01-05');
    await world.sandbox.admin('DELETE', '/mail/faults');
    await world.at(debtor, 'wait');
    const [mail, ...others] = await world.mails(debtor.email);
    expect(mail?.text).toContain('£75.00');
    expect(others).toEqual([]);
  });

  it('that was given up by the retries is not sent after the payment either', async () => {
    const { debtor, invoice } = await waitsForServer();
    const run = await world.is(debtor, 'held');
    await world.xero.pay(invoice);
    await world.changed(debtor, invoice);
    await world.sandbox.admin('DELETE', '/mail/faults');
    await world.retry(run);
    await world.is(debtor, 'done');
    expect(await world.subjects(debtor)).toEqual([]);
  });
});
