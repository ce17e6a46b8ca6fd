import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { qualificationPolicy } from '../../src/modules/crm/policies/deal-qualification.policy.js';
import { RunOperations } from '../../src/shared/flow/run-operations.js';
import { DeadLetters } from '../../src/shared/messaging/dead-letters.js';
import { QualificationWorld } from '../support/qualification-world.js';
import { until } from '../support/until.js';

const world = new QualificationWorld();
beforeAll(() => world.start());
afterAll(() => world.stop());
beforeEach(async () => {
  await world.admin('DELETE', '/hubspot/faults');
  await world.policy({});
  await world.people({ people: {} });
});

const contract = { dealstage: 'contractsent' };
const whole = { amount: '1500', closedate: '2027-01-31', dealtype: 'newbusiness' };
const subjects = async (id: string) =>
  (await world.tasks(id)).map(({ properties }) => [
    properties['hs_task_subject'],
    properties['hs_task_status'],
  ]);
const verdictOf = async (id: string) => (await world.deal(id))['signalbox_qualification'] ?? '';

/** A deal without close date and type came to a stage that asks for them. */
async function failing(more: Record<string, string> = {}): Promise<string> {
  const id = await world.enter({ amount: '1500', ...more });
  await world.change(id, contract);
  await world.settled(id);
  await world.at(id, 'wait');
  return id;
}

const noTasks = { match: { path: 'tasks/batch/create' }, kind: '500' };

/** The task was tried to be made, and could not. */
async function tried(id: string): Promise<void> {
  await until('the task is being made', async () => {
    const [row] = await world.db.database.query(
      `select from messaging.deliveries where step = 'ask' and attempts > 0`,
    );
    return row !== undefined && (await world.runs(id)).at(-1)?.step === 'ask';
  });
}

describe('when things go another way', () => {
  it('a field that is filled in while its task is made is completed', async () => {
    const id = await world.enter({ amount: '1500', dealtype: 'newbusiness' });
    await world.fault(noTasks);
    await world.change(id, contract);
    await world.settled(id);
    await tried(id);
    await world.change(id, { closedate: '2027-01-31' });
    await world.admin('DELETE', '/hubspot/faults');
    expect(await world.ended(id)).toBe('done');
    expect((await subjects(id)).map(([, status]) => status)).toEqual(['COMPLETED']);
    expect(await verdictOf(id)).toBe('pass');
  });

  it('a field that is filled in while it settles has no task', async () => {
    const id = await world.enter({ amount: '1500', dealtype: 'newbusiness' });
    await world.change(id, contract);
    await world.at(id, 'settle');
    await world.change(id, { closedate: '2027-01-31' });
    await world.pass(61);
    expect(await world.ended(id)).toBe('done');
    expect(await world.tasks(id)).toEqual([]);
  });

  it('a task that a person has deleted is made no second time, and hinders nothing', async () => {
    const id = await failing();
    const [first] = await world.tasks(id);
    await world.admin('DELETE', `/hubspot/tasks/${first?.id}`);
    await world.pass(25 * 3_600);
    await world.at(id, 'wait');
    await world.change(id, whole);
    expect(await world.ended(id)).toBe('done');
    expect(await verdictOf(id)).toBe('pass');
  });

  it('a provider that is down for longer than the retries holds the run, and a person sets it going', async () => {
    const id = await world.enter({ amount: '1500', dealtype: 'newbusiness' });
    await world.fault(noTasks);
    await world.change(id, contract);
    await world.settled(id);
    await tried(id);
    await world.db.database.query(`update messaging.deliveries set attempts = 13 where attempts > 0`);
    expect(await world.ended(id)).toBe('held');
    await world.admin('DELETE', '/hubspot/faults');
    await world.spine.get(DeadLetters).retry({ flow: 'deal-qualification' }, 'key:operator');
    await world.at(id, 'wait');
    expect(await subjects(id)).toEqual([['Fill in: Close date', 'NOT_STARTED']]);
  });

  it('a deal that is deleted ends its run, wherever it stands', async () => {
    const waits = await failing();
    await world.remove(waits);
    expect(await world.ended(waits)).toBe('done');

    const settles = await world.enter({});
    await world.change(settles, contract);
    await world.at(settles, 'settle');
    await world.remove(settles);
    expect(await world.ended(settles)).toBe('done');

    const untold = await failing();
    await world.admin('DELETE', `/hubspot/deals/${untold}`);
    await world.pass(25 * 3_600);
    expect(await world.ended(untold)).toBe('done');
  });

  it('a deal that is deleted while its task is made gets none, and nothing is held', async () => {
    const id = await world.enter({ amount: '1500', dealtype: 'newbusiness' });
    await world.fault(noTasks);
    await world.change(id, contract);
    await world.settled(id);
    await tried(id);
    await world.admin('DELETE', `/hubspot/deals/${id}`);
    await world.admin('DELETE', '/hubspot/faults');
    expect(await world.ended(id)).toBe('done');
    expect(await world.tasks(id)).toEqual([]);
  });

  it('a policy that changes while a run waits counts from the next look', async () => {
    const id = await failing();
    const { pipelines } = qualificationPolicy.initial;
    const due = { days: 1 };
    const description = { property: 'description', label: 'Description', due };
    const contractsent = { label: 'Contract Sent', required: [description] };
    await world.policy({ pipelines: { ...pipelines, default: { ...pipelines['default'], contractsent } } });
    await world.pass(25 * 3_600);
    await until('the new field is asked for', async () => (await subjects(id)).length === 3);
    await world.at(id, 'wait');
    expect((await subjects(id)).map(([, status]) => status)).toEqual([
      'COMPLETED',
      'COMPLETED',
      'NOT_STARTED',
    ]);
    await world.change(id, { description: 'A fair description' });
    expect(await world.ended(id)).toBe('done');
    expect(await verdictOf(id)).toBe('pass');
  });

  it('a policy that asks for a property which HubSpot does not have holds the run, and says which', async () => {
    const id = await world.enter({});
    const required = [{ property: 'no_such_property', label: 'Nothing', due: { days: 1 } }];
    await world.policy({ pipelines: { default: { contractsent: { label: 'Contract Sent', required } } } });
    await world.change(id, contract);
    await world.settled(id);
    expect(await world.ended(id)).toBe('held');
    const dead = await world.db.database.query<{ code: string }>(
      `select code from messaging.dead_letters where status = 'dead'`,
    );
    expect(dead.map(({ code }) => code)).toEqual(['CRM.PROPERTY_UNKNOWN']);
    await world.spine.get(DeadLetters).discard({ flow: 'deal-qualification' }, 'a test', 'key:operator');
  });
});

describe('a run that a person cancels', () => {
  it('has its tasks completed where that is asked for; its notes and properties stay', async () => {
    const id = await failing();
    const [run] = await world.runs(id);
    const { effects } = await world.spine
      .get(RunOperations)
      .cancel(run?.id ?? '', 'withdrawn', 'key:test', true);
    expect(effects?.map(({ command, undone }) => [command, undone])).toEqual([
      ['crm.add-crm-note.v1', false],
      ['crm.update-deal.v1', false],
      ['crm.create-crm-task.v1', true],
      ['crm.create-crm-task.v1', true],
    ]);
    await until('both tasks are done', async () =>
      (await world.tasks(id)).every(({ properties }) => properties['hs_task_status'] === 'COMPLETED'),
    );
    expect(await world.tasks(id)).toHaveLength(2);
  });
});

describe('whose tasks they are', () => {
  it.each([
    ['of a deactivated owner: the fallback', { hubspot_owner_id: '50010003' }, '50010002'],
    ['of nobody: the fallback', { hubspot_owner_id: '' }, '50010002'],
    ['of an owner who is away: the deputy', { hubspot_owner_id: '50010001' }, '50010002'],
  ])('%s', async (_, owner, expected) => {
    const absences = [{ from: '2020-01-01', until: '2099-12-31' }];
    const alex = { name: 'Alex', hubspotOwnerId: '50010001', deputy: 'kim', absences };
    await world.people({
      people: { alex, kim: { name: 'Kim', hubspotOwnerId: '50010002' } },
      fallback: 'kim',
    });
    const id = await failing(owner);
    const owners = (await world.tasks(id)).map(({ properties }) => properties['hubspot_owner_id']);
    expect(owners).toEqual([expected, expected]);
    expect((await world.notes(id))[0]).toContain('The tasks are for Kim.');
  });

  it('nobody’s without a fallback', async () => {
    const id = await failing({ hubspot_owner_id: '50010003' });
    const [task] = await world.tasks(id);
    expect(task?.properties['hubspot_owner_id'] ?? '').toBe('');
    expect((await world.notes(id))[0]).toContain('nobody');
  });
});

describe('a bulk move', () => {
  it('gives one task per owner, and completes it when the last deal passes', async () => {
    await world.policy({ bulk: { deals: 2, withinSeconds: 60 } });
    const before = (await world.allTasks()).length;
    const ids: string[] = [];
    for (let place = 0; place < 4; place += 1) {
      ids.push(
        await world.enter({
          dealname: `Deal ${place}`,
          amount: '1',
          dealtype: 'newbusiness',
          hubspot_owner_id: '50010002',
        }),
      );
    }
    const alone = await world.enter({ amount: '1', dealtype: 'newbusiness' });
    for (const id of [...ids, alone]) await world.change(id, contract);
    for (const id of [...ids, alone]) await world.at(id, 'settle');
    await world.pass(61);
    for (const id of [...ids, alone]) await world.at(id, 'wait');

    const made = (await world.allTasks()).slice(before);
    const bulk = made.filter(({ properties }) =>
      properties['hs_task_subject']?.startsWith('Complete 4 deals'),
    );
    expect([made.length, bulk.length]).toEqual([2, 1]);
    expect(bulk[0]?.properties['hubspot_owner_id']).toBe('50010002');
    for (const place of [0, 1, 2, 3]) expect(bulk[0]?.properties['hs_task_body']).toContain(`Deal ${place}`);
    expect(await subjects(alone)).toEqual([['Fill in: Close date', 'NOT_STARTED']]);
    for (const id of ids) expect(await world.notes(id)).toHaveLength(1);

    const status = async () =>
      (await world.allTasks()).find(({ id }) => id === bulk[0]?.id)?.properties['hs_task_status'];
    for (const [place, id] of ids.entries()) {
      expect(await status()).toBe('NOT_STARTED');
      await world.change(id, { closedate: '2027-01-31' });
      expect(await world.ended(id)).toBe('done');
      expect(await verdictOf(id), `deal ${place}`).toBe('pass');
    }
    expect(await status()).toBe('COMPLETED');
  });
});
