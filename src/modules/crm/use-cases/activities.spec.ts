import { beforeEach, describe, expect, it } from 'vitest';
import {
  admin,
  allPaths,
  effects,
  enterDeal,
  failure,
  hubspot,
  storedDeal,
  withHubspotSandbox,
} from '../../../../test/support/hubspot-world.js';
import type { EffectHandle, EffectRequest } from '../../../shared/messaging/effect-handle.js';
import type { HandlerContext } from '../../../shared/messaging/handler.js';
import {
  AddCrmNote,
  CompleteCrmTask,
  CreateCrmTask,
  DealUpdated,
  NoteAdded,
  ReadDeal,
  TaskCompleted,
  TaskCreated,
  UpdateDeal,
} from '../contracts.js';
import { AddCrmNoteHandler } from './add-crm-note.js';
import { CompleteCrmTaskHandler } from './complete-crm-task.js';
import { CreateCrmTaskHandler } from './create-crm-task.js';
import { ReadDealHandler } from './read-deal.js';
import { UpdateDealHandler } from './update-deal.js';

withHubspotSandbox();

/** The ledger's door: sends, or only looks. */
class Door implements EffectHandle {
  readonly summaries: string[] = [];
  readonly plannedAt = new Date();
  constructor(
    private readonly shadow: boolean,
    readonly reference = `sbx-${'ab'.repeat(12)}`,
  ) {}
  async perform<Found, Answer>(request: EffectRequest<Found, Answer>): Promise<Answer> {
    const found = await request.look();
    this.summaries.push(request.describe(found));
    if (this.shadow) return request.pretend(found);
    return request.already?.(found) ?? request.send(found);
  }
}

let door: Door;
const context = (shadow = false): HandlerContext => {
  door = new Door(shadow);
  return { effect: door, signal: new AbortController().signal } as unknown as HandlerContext;
};

let dealId: string;
beforeEach(async () => {
  dealId = (await enterDeal({ dealname: 'Example', dealstage: 'qualifiedtobuy', amount: '1500' })).dealId;
});

const about = () => ({ type: 'deal', id: dealId }) as const;
const note = (more: Partial<AddCrmNote> = {}) =>
  Object.assign(new AddCrmNote(), {
    ...{ about: about(), text: 'They called', time: '2026-11-20T12:00:00Z', key: 'called' },
    ...more,
  });
const task = (more: Partial<CreateCrmTask> = {}) =>
  Object.assign(new CreateCrmTask(), {
    ...{ about: about(), title: 'Call them', body: 'Soon', dueAt: '2026-11-21T09:00:00Z', key: 'call' },
    ...more,
  });

describe('AddCrmNote', () => {
  const run = (command: AddCrmNote, shadow = false) =>
    new AddCrmNoteHandler(hubspot.activities).run(command, context(shadow));

  it('writes a note once, and says which', async () => {
    const first = await run(note());
    const { noteId } = first.result;
    expect(first.events).toEqual([
      { subject: `note:${noteId}`, message: new NoteAdded({ noteId, aboutType: 'deal', aboutId: dealId }) },
    ]);
    expect((await run(note())).result).toEqual({ noteId, state: 'added' });
    expect(door.summaries).toEqual([`leave note ${noteId}`]);
    expect(await effects('notes')).toMatchObject({ created: 1, duplicates: [] });
  });

  it('in shadow mode only looks, and says what it would do without a word of the note', async () => {
    expect((await run(note(), true)).result).toEqual({ noteId: 'not-created', state: 'added' });
    expect(door.summaries).toEqual([`add a note to deal ${dealId}`]);
    expect((await effects('notes')).created).toBe(0);
  });

  it('about a deal that is not there writes nothing, and says so', async () => {
    const gone = { type: 'deal', id: '1' } as const;
    expect(await run(note({ about: gone }))).toEqual({ result: { noteId: 'not-created', state: 'gone' } });
  });

  it.each([{ type: 'company', id: '1' } as never, { type: 'deal', id: '../1' } as never])(
    'about %j is refused before anything is called',
    async (wrong) => {
      expect((await failure(run(note({ about: wrong })))).code).toBe('CRM.RECORD_REJECTED');
      expect(await allPaths()).toEqual([]);
    },
  );
});

describe('CreateCrmTask and CompleteCrmTask', () => {
  const create = (command: CreateCrmTask, shadow = false) =>
    new CreateCrmTaskHandler(hubspot.activities).run(command, context(shadow));
  const complete = (taskId: string, shadow = false) =>
    new CompleteCrmTaskHandler(hubspot.activities).run(
      Object.assign(new CompleteCrmTask(), { taskId }),
      context(shadow),
    );

  it('a task is made once, whatever it says the second time', async () => {
    const first = await create(task({ ownerId: '50010001' }));
    const { taskId } = first.result;
    expect(first.events).toEqual([
      { subject: `task:${taskId}`, message: new TaskCreated({ taskId, aboutType: 'deal', aboutId: dealId }) },
    ]);
    expect((await create(task({ title: 'Call them at last' }))).result).toEqual({ taskId, state: 'created' });
    expect(await effects('tasks')).toMatchObject({ created: 1, updated: 0, duplicates: [] });
  });

  it('about a deal that is not there, or about nothing', async () => {
    const gone = { type: 'deal', id: '1' } as const;
    expect(await create(task({ about: gone }))).toEqual({ result: { taskId: 'not-created', state: 'gone' } });
    const { result, events } = await create(task({ about: undefined }));
    const { taskId } = result;
    expect(events).toEqual([{ subject: `task:${taskId}`, message: new TaskCreated({ taskId }) }]);
    expect(door.summaries).toEqual(['create a task for its owner']);
  });

  it('in shadow mode none is made, and none is completed', async () => {
    expect((await create(task(), true)).result).toEqual({ taskId: 'not-created', state: 'created' });
    const { taskId } = (await create(task())).result;
    expect((await complete(taskId, true)).result).toEqual({ taskId, state: 'completed' });
    expect(door.summaries).toEqual([`complete task ${taskId}`]);
    expect(await effects('tasks')).toMatchObject({ created: 1, updated: 0 });
  });

  it('a task is completed once; one that a person has deleted is no error, and no event', async () => {
    const { taskId } = (await create(task())).result;
    const done = { subject: `task:${taskId}`, message: new TaskCompleted({ taskId }) };
    expect(await complete(taskId)).toEqual({ result: { taskId, state: 'completed' }, events: [done] });
    expect((await complete(taskId)).events).toEqual([done]);
    expect(await effects('tasks')).toMatchObject({ updated: 1, unchangedWrites: 0 });
    await admin('DELETE', `/hubspot/tasks/${taskId}`);
    expect(await complete(taskId)).toEqual({ result: { taskId, state: 'gone' } });
  });
});

describe('ReadDeal', () => {
  const read = (command: Partial<ReadDeal>) =>
    new ReadDealHandler(hubspot.deals).run(Object.assign(new ReadDeal(), command), context());

  it('answers a deal as it is now', async () => {
    await admin('PUT', `/hubspot/deals/${dealId}/as-person`, { properties: { dealstage: 'closedwon' } });
    const { result, events } = await read({ dealId });
    expect(result).toMatchObject({ dealId, exists: true, stage: 'closedwon', pipeline: 'default' });
    expect(result.properties).toMatchObject({ dealname: 'Example', amount: '1500', closedate: null });
    expect([result.contactIds.length, result.ownerId, events]).toEqual([1, undefined, undefined]);
    const some = await read({ dealId, properties: ['amount', '__proto__', 5 as never] });
    expect(some.result.properties).toEqual({ amount: '1500' });
  });

  it('one that is not there is an answer, not an error', async () => {
    const nothing = { exists: false, contactIds: [], properties: {} };
    expect((await read({ dealId: '1' })).result).toEqual({ dealId: '1', ...nothing });
    expect((await read({ dealId: 'x/y' })).result).toEqual({ dealId: 'x/y', ...nothing });
  });
});

describe('UpdateDeal', () => {
  const update = (properties: Record<string, string>, id = dealId, shadow = false) =>
    new UpdateDealHandler(hubspot.deals).run(
      Object.assign(new UpdateDeal(), { dealId: id, properties }),
      context(shadow),
    );

  it('writes what differs, once, and says so', async () => {
    const wanted = { amount: '1500.0', closedate: '2026-12-24', description: '' };
    const updated = { subject: `deal:${dealId}`, message: new DealUpdated({ dealId }) };
    expect(await update(wanted)).toEqual({ result: { dealId, action: 'updated' }, events: [updated] });
    expect(door.summaries).toEqual([`update deal ${dealId}: closedate`]);
    expect((await update(wanted)).result).toEqual({ dealId, action: 'unchanged' });
    expect(await effects('deals')).toMatchObject({ updated: 1, unchangedWrites: 0 });
    expect((await storedDeal(dealId))?.['closedate']).toBe('2026-12-24T00:00:00.000Z');
  });

  it('in shadow mode writes nothing', async () => {
    expect((await update({ amount: '2' }, dealId, true)).result.action).toBe('updated');
    expect((await effects('deals')).updated).toBe(0);
  });

  it('of a deal that is not there writes nothing, and says so', async () => {
    expect(await update({ amount: '2' }, '1')).toEqual({ result: { dealId: '1', action: 'gone' } });
    expect(await update({ amount: '2' }, 'x/y')).toEqual({ result: { dealId: 'x/y', action: 'gone' } });
  });

  it('with a name that is none, or a value that is no text, fails for good', async () => {
    expect(await failure(update({ 'Not A Name': '2' }))).toMatchObject({ code: 'CRM.RECORD_REJECTED' });
    expect(await failure(update({ amount: 2 as never }))).toMatchObject({
      code: 'CRM.RECORD_REJECTED',
      details: { properties: ['amount'] },
    });
  });
});
