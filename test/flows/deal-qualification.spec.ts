import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

const open = [
  ['Fill in: Close date', 'NOT_STARTED'],
  ['Fill in: Deal type', 'NOT_STARTED'],
];

describe('a deal that comes to a stage', () => {
  it('and has all that it asks for passes: property and note, and no task', async () => {
    const id = await world.enter(whole);
    await world.change(id, contract);
    await world.settled(id);
    expect(await world.ended(id)).toBe('done');
    expect(await verdictOf(id)).toBe('pass');
    expect(await world.notes(id)).toEqual([expect.stringContaining('has all that the stage Contract Sent')]);
    expect(await world.tasks(id)).toEqual([]);
  });

  it('and lacks fields fails: a task for each, with owner and due date, property and note', async () => {
    const id = await failing();
    expect(await subjects(id)).toEqual(open);
    const [first] = await world.tasks(id);
    expect(first?.properties).toMatchObject({ hubspot_owner_id: '50010001' });
    const due = new Date(first?.properties['hs_timestamp'] ?? '');
    expect([due.getUTCHours(), due > world.clock.now(), [0, 6].includes(due.getUTCDay())]).toEqual([
      17,
      true,
      false,
    ]);
    expect(await verdictOf(id)).toBe('fail');
    const [note] = await world.notes(id);
    for (const part of ['Close date is missing', 'Deal type is missing', 'Alex Example'])
      expect(note).toContain(part);
  });

  it('is asked again when fields are filled in, each completes its task, and it passes at last', async () => {
    const id = await failing();
    await world.change(id, { closedate: '2027-01-31' });
    await until('the first task is done', async () => (await subjects(id))[0]?.[1] === 'COMPLETED');
    expect((await world.at(id, 'wait')).status).toBe('running');
    expect(await verdictOf(id)).toBe('fail');
    await world.change(id, { dealtype: 'newbusiness' });
    expect(await world.ended(id)).toBe('done');
    expect((await subjects(id)).map(([, status]) => status)).toEqual(['COMPLETED', 'COMPLETED']);
    expect(await verdictOf(id)).toBe('pass');
    expect(await world.notes(id)).toHaveLength(2);
    expect(await world.runs(id)).toHaveLength(1);
  });

  it('fails by a rule though nothing is missing, and passes once it holds', async () => {
    const id = await world.enter({ ...whole, amount: '0' });
    await world.change(id, contract);
    await world.settled(id);
    await world.at(id, 'wait');
    expect(await world.tasks(id)).toEqual([]);
    expect((await world.notes(id))[0]).toContain('The amount has to be more than 0.');
    await world.change(id, { amount: '10' });
    expect(await world.ended(id)).toBe('done');
    expect(await verdictOf(id)).toBe('pass');
  });

  it('that asks nothing ends at once', async () => {
    const id = await world.enter({});
    await world.change(id, { dealstage: 'presentationscheduled' });
    await world.pass(1);
    expect(await world.ended(id)).toBe('done');
    expect([await world.notes(id), await world.tasks(id)]).toEqual([[], []]);
  });
});

describe('a deal whose stage flaps', () => {
  it('has one run and its tasks once, while it is open', async () => {
    const id = await failing();
    await world.change(id, { dealstage: 'qualifiedtobuy' });
    await world.change(id, contract);
    await world.settled(id);
    await world.at(id, 'wait');
    expect(await subjects(id)).toEqual(open);
    expect(await world.runs(id)).toHaveLength(1);
    expect(await world.notes(id)).toHaveLength(1);
  });

  it('has its tasks once over runs, and they are completed by the second', async () => {
    const id = await failing();
    await world.change(id, { dealstage: 'qualifiedtobuy' });
    await world.pass(1);
    expect(await world.ended(id)).toBe('done');
    expect(await verdictOf(id)).toBe('');
    expect(await subjects(id)).toEqual(open);
    await world.change(id, contract);
    await until('a second run', async () => (await world.runs(id)).length === 2);
    await world.settled(id);
    await world.at(id, 'wait');
    expect(await subjects(id)).toEqual(open);
    await world.change(id, whole);
    expect(await world.ended(id)).toBe('done');
    expect((await subjects(id)).map(([, status]) => status)).toEqual(['COMPLETED', 'COMPLETED']);
  });

  it('and duplicate and late events change nothing', async () => {
    const id = await failing();
    await world.told(id, contract);
    await world.settled(id);
    await world.told(id, { dealstage: 'qualifiedtobuy' }, { at: '2026-01-01T00:00:00Z' });
    await world.settled(id);
    await world.at(id, 'wait');
    expect(await subjects(id)).toEqual(open);
    expect(await world.notes(id)).toHaveLength(1);
    expect(await verdictOf(id)).toBe('fail');
    expect(await world.runs(id)).toHaveLength(1);
  });

  it('and moves on to another stage keeps its open task for a field that both ask for', async () => {
    const id = await world.enter({ amount: '5' });
    await world.change(id, { dealstage: 'decisionmakerboughtin' });
    await world.settled(id);
    await world.at(id, 'wait');
    expect(await subjects(id)).toEqual([['Fill in: Close date', 'NOT_STARTED']]);
    await world.change(id, contract);
    await world.settled(id);
    await world.at(id, 'wait');
    expect(await subjects(id)).toEqual(open);
  });
});

describe('changes of our own', () => {
  it('start no run, as those of ignored sources', async () => {
    const id = await world.enter({});
    await world.change(id, contract, { changedBy: 'INTEGRATION', isOwn: true });
    await world.policy({ ignoredSources: ['IMPORT'] });
    await world.told(id, contract, { changedBy: 'IMPORT' });
    await world.quiet();
    expect(await world.runs(id)).toEqual([]);
    await world.told(id, contract, { changedBy: 'INTEGRATION' });
    await until('another integration starts one', async () => (await world.runs(id)).length === 1);
    await world.settled(id);
    await world.at(id, 'wait');
  });

  it('are heard by a run that waits', async () => {
    const id = await failing();
    await world.change(id, { dealstage: 'qualifiedtobuy' }, { changedBy: 'INTEGRATION', isOwn: true });
    expect(await world.ended(id)).toBe('done');
    expect(await world.runs(id)).toHaveLength(1);
  });
});
