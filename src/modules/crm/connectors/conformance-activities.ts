import assert from 'node:assert/strict';
import type { AboutType } from '../contracts.js';
import type { CrmActivities } from './crm-activities.js';

/** What a person sees of a note or task. */
export interface SeenActivity {
  /** As plain text. */
  readonly text: string;
  readonly title?: string;
  readonly ownerId?: string;
  readonly at: string;
  /** Ids of what it is about. */
  readonly about: readonly string[];
}

/** An adapter and the CRM behind it, with the means to act as a person who uses that CRM. */
export interface ActivityWorld {
  readonly activities: CrmActivities;
  /** A person enters a deal, a contact or a ticket. @returns its id */
  readonly enter: (type: AboutType) => Promise<string>;
  readonly seen: (kind: 'note' | 'task', id: string) => Promise<SeenActivity | undefined>;
  readonly removeTask: (id: string) => Promise<void>;
  /** How many there are. */
  readonly count: (kind: 'note' | 'task') => Promise<number>;
  /** An owner that exists. */
  readonly ownerId: string;
  /** Lookups lag behind writes from now on. */
  readonly lag: () => Promise<void>;
  /** Lookups have caught up. */
  readonly settle: () => Promise<void>;
}

export interface ActivityCase {
  readonly name: string;
  run(world: ActivityWorld): Promise<void>;
}

const at = new Date('2026-11-20T12:00:00.000Z');
const reference = (number: number): string => `sbx-${String(number).padStart(24, '0')}`;
const note = (id: string, number = 1) => ({
  ...{ about: { type: 'deal', id } as const, text: `Note ${number}`, at, reference: reference(number) },
});
const task = (id: string, number = 1) => ({
  ...{ about: { type: 'deal', id } as const, title: `Call ${number}`, body: 'They asked for it', dueAt: at },
  reference: reference(number),
});

/** What every adapter of `CrmActivities` does, whatever the CRM. Each case expects a world that holds nothing yet. */
export const crmActivitiesConformance: readonly ActivityCase[] = [
  {
    name: 'a note is seen where it belongs, as plain text, and found by its reference',
    async run({ activities, enter, seen, settle }) {
      for (const [index, type] of (['deal', 'contact', 'ticket'] as const).entries()) {
        const about = { type, id: await enter(type) };
        const text = `<b>Called</b> & agreed\non "Friday" (${index})`;
        const id = await activities.createNote({ about, text, at, reference: reference(index) });
        const shown = await seen('note', id);
        assert.deepEqual([shown?.about, shown?.at], [[about.id], at.toISOString()]);
        assert.ok(shown?.text.startsWith(text), shown?.text);
        await settle();
        assert.equal(await activities.findNote(reference(index)), id);
      }
    },
  },
  {
    name: 'a task has its title, text, due time and owner, is open, and is found by its reference',
    async run({ activities, enter, seen, settle, ownerId }) {
      for (const [index, type] of (['deal', 'contact', 'ticket'] as const).entries()) {
        const about = { type, id: await enter(type) };
        const wish = { ...task(about.id, index), about, title: 'Call\nthem', body: 'a < b', ownerId };
        const id = await activities.createTask(wish);
        const shown = await seen('task', id);
        const expected = { title: 'Call them', ownerId, at: at.toISOString(), about: [about.id] };
        assert.deepEqual({ ...shown, text: undefined }, { ...expected, text: undefined });
        assert.ok(shown?.text.startsWith('a < b'), shown?.text);
        assert.deepEqual(await activities.readTask(id), { id, isDone: false });
        await settle();
        assert.equal(await activities.findTask(reference(index)), id);
      }
    },
  },
  {
    name: 'a task may be about nothing',
    async run({ activities, seen, settle, ownerId }) {
      const { about: _, ...wish } = task('');
      const id = await activities.createTask({ ...wish, ownerId });
      const shown = await seen('task', id);
      assert.deepEqual([shown?.about, shown?.ownerId], [[], ownerId]);
      await settle();
      assert.equal(await activities.findTask(reference(1)), id);
    },
  },
  {
    name: 'what was never made is not found, and a reference finds nothing that only looks like it',
    async run({ activities, enter, settle }) {
      const id = await enter('deal');
      await activities.createNote(note(id, 1));
      await activities.createTask(task(id, 1));
      await settle();
      assert.equal(await activities.findNote(reference(2)), undefined);
      assert.equal(await activities.findTask(reference(2)), undefined);
    },
  },
  {
    name: 'looking lags behind making, reading a task does not',
    async run({ activities, enter, lag, settle }) {
      const id = await enter('deal');
      await lag();
      const taskId = await activities.createTask(task(id));
      assert.equal(await activities.findTask(reference(1)), undefined);
      assert.deepEqual(await activities.readTask(taskId), { id: taskId, isDone: false });
      await settle();
      assert.equal(await activities.findTask(reference(1)), taskId);
    },
  },
  {
    name: 'a task is completed; one that is done is left, one that has gone is gone',
    async run({ activities, enter, removeTask }) {
      const id = await enter('deal');
      const taskId = await activities.createTask(task(id));
      await activities.completeTask(taskId);
      await activities.completeTask(taskId);
      assert.deepEqual(await activities.readTask(taskId), { id: taskId, isDone: true });
      await removeTask(taskId);
      assert.equal(await activities.readTask(taskId), undefined);
      await assert.rejects(activities.completeTask(taskId), { code: 'CRM.RECORD_GONE', kind: 'permanent' });
    },
  },
  {
    name: 'of many at once each has its own answer, and those about nothing are refused alone',
    async run({ activities, enter, count }) {
      const id = await enter('deal');
      const abouts = [id, id, '1', id, id];
      const settled = await Promise.allSettled(
        abouts.flatMap((about, index) => [
          activities.createNote(note(about, index)),
          activities.createTask(task(about, index)),
        ]),
      );
      const codes = settled.map((one) =>
        one.status === 'rejected' ? (one.reason as { code: string }).code : 'made',
      );
      const made = ['made', 'made'];
      assert.deepEqual(codes, [...made, ...made, 'CRM.RECORD_GONE', 'CRM.RECORD_GONE', ...made, ...made]);
      assert.deepEqual([await count('note'), await count('task')], [4, 4]);
    },
  },
  {
    name: 'a task for somebody who never was is refused, and says for what',
    async run({ activities, enter, count }) {
      const wish = { ...task(await enter('deal')), ownerId: '1' };
      await assert.rejects(activities.createTask(wish), { code: 'CRM.RECORD_REJECTED' });
      assert.equal(await count('task'), 0);
    },
  },
];
