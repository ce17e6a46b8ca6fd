import assert from 'node:assert/strict';
import type { CrmOwners } from './crm-owners.js';

/** An adapter and the CRM behind it. */
export interface OwnerWorld {
  readonly owners: CrmOwners;
  /** Makes a user, or changes one. @returns the owner's id */
  readonly enter: (email: string, name: { first: string; last: string }) => Promise<string>;
  readonly deactivate: (id: string) => Promise<void>;
  /** How many calls the CRM has received. */
  readonly calls: () => Promise<number>;
}

export interface OwnerCase {
  readonly name: string;
  run(world: OwnerWorld): Promise<void>;
}

const ann = { first: 'Ann', last: 'Example' };

/** What every adapter of `CrmOwners` does, whatever the CRM. */
export const crmOwnersConformance: readonly OwnerCase[] = [
  {
    name: 'an owner is known by id and by e-mail address, whatever the case of its letters',
    async run({ owners, enter }) {
      const id = await enter('ann@example.com', ann);
      const expected = { id, email: 'ann@example.com', name: 'Ann Example', isActive: true };
      assert.deepEqual(await owners.byId(id), expected);
      assert.deepEqual(await owners.byEmail(' Ann@Example.com '), expected);
    },
  },
  {
    name: 'one who was deactivated is known, as such',
    async run({ owners, enter, deactivate }) {
      const id = await enter('ann@example.com', ann);
      await deactivate(id);
      assert.equal((await owners.byId(id))?.isActive, false);
      assert.equal((await owners.byEmail('ann@example.com'))?.isActive, false);
    },
  },
  {
    name: 'of two with one address the active one counts',
    async run({ owners, enter, deactivate }) {
      await deactivate(await enter('ann@example.com', ann));
      const id = await enter('ann@example.com', ann);
      assert.deepEqual([(await owners.byEmail('ann@example.com'))?.id], [id]);
    },
  },
  {
    name: 'nobody is nobody',
    async run({ owners }) {
      const answers = [
        await owners.byId('1'),
        await owners.byId(''),
        await owners.byId('../contacts'),
        await owners.byEmail('nobody@example.com'),
        await owners.byEmail(''),
      ];
      assert.deepEqual(answers, [undefined, undefined, undefined, undefined, undefined]);
    },
  },
  {
    name: 'an answer is kept: asking again costs nothing, and asking at once costs one call',
    async run({ owners, enter, calls }) {
      const id = await enter('ann@example.com', ann);
      await Promise.all([owners.byId(id), owners.byId(id), owners.byId(id)]);
      const after = await calls();
      await owners.byId(id);
      assert.deepEqual([after, await calls()], [1, 1]);
    },
  },
];
