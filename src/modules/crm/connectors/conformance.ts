import assert from 'node:assert/strict';
import type { ContactWish } from '../domain/contact-wish.js';
import type { ContactWritten } from './crm-contacts.js';
import type { CrmNames, CrmWorld } from './crm-world.js';

export interface ConformanceCase {
  readonly name: string;
  run(world: CrmWorld, names: CrmNames): Promise<void>;
}

const long = '2020-01-01T00:00:00.000Z';
const farAhead = '2999-01-01T00:00:00.000Z';

async function upsert(world: CrmWorld, wish: ContactWish): Promise<ContactWritten> {
  return world.contacts.write(await world.contacts.look(wish));
}

function wishBuilder(names: CrmNames) {
  return (
    email: string | undefined,
    values: Record<string, string>,
    more: Partial<ContactWish> = {},
  ): ContactWish => ({
    email,
    submittedAt: farAhead,
    kept: {},
    lifecycle: {
      property: names.stage,
      initial: names.stages.lead,
      order: [names.stages.earlier, names.stages.lead, names.stages.customer],
    },
    properties: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        { value, write: 'unless-person-changed-later' as const },
      ]),
    ),
    ...more,
  });
}

/** What every adapter of `CrmContacts` does, whatever the CRM. Each case expects a world that holds nothing yet. */
export const crmContactsConformance: readonly ConformanceCase[] = [
  {
    name: 'a lead that is unknown becomes one contact, and looking changes nothing',
    async run(world, names) {
      const wish = wishBuilder(names)('one@example.com', { [names.firstName]: 'One' });
      const plan = await world.contacts.look(wish);
      assert.equal(plan.action, 'create');
      assert.equal(await world.count(), 0);
      const written = await world.contacts.write(plan);
      assert.equal(written.action, 'created');
      assert.equal((await world.stored(written.contactId))?.[names.firstName], 'One');
    },
  },
  {
    name: 'the same wish again finds that nothing is to be done',
    async run(world, names) {
      const wish = wishBuilder(names)('one@example.com', { [names.firstName]: 'One' });
      const first = await upsert(world, wish);
      const again = await world.contacts.look(wish);
      assert.deepEqual([again.action, again.contactId], ['unchanged', first.contactId]);
      assert.equal(await world.count(), 1);
    },
  },
  {
    name: 'a plan that is carried out twice makes one contact',
    async run(world, names) {
      const plan = await world.contacts.look(
        wishBuilder(names)('one@example.com', { [names.firstName]: 'One' }),
      );
      const [first, second] = [await world.contacts.write(plan), await world.contacts.write(plan)];
      assert.deepEqual([first.action, second.action], ['created', 'unchanged']);
      assert.equal(first.contactId, second.contactId);
      assert.equal(await world.count(), 1);
    },
  },
  {
    name: 'an update writes exactly the properties that differ',
    async run(world, names) {
      const id = await world.enter({
        email: 'one@example.com',
        [names.firstName]: 'One',
        [names.company]: 'Old',
      });
      const wish = wishBuilder(names)('one@example.com', {
        [names.firstName]: 'One',
        [names.company]: 'New',
      });
      const plan = await world.contacts.look(wish);
      assert.deepEqual(plan.properties, { [names.company]: 'New', [names.stage]: names.stages.lead });
      assert.deepEqual(await world.contacts.write(plan), { contactId: id, action: 'updated', kept: {} });
      assert.equal((await world.stored(id))?.[names.company], 'New');
    },
  },
  {
    name: 'what a person changed after the lead was submitted stays, and the answer says so',
    async run(world, names) {
      const id = await world.enter({ email: 'one@example.com' });
      await world.change(id, { [names.company]: 'By hand' });
      const wish = wishBuilder(names)(
        'one@example.com',
        { [names.company]: 'By form' },
        { submittedAt: long },
      );
      const written = await upsert(world, wish);
      assert.equal(written.kept[names.company], 'changed-by-person');
      assert.equal((await world.stored(id))?.[names.company], 'By hand');
    },
  },
  {
    name: 'what is to fill gaps leaves a value that is there',
    async run(world, names) {
      const id = await world.enter({ email: 'one@example.com', [names.firstName]: 'Chosen' });
      const properties = { [names.firstName]: { value: 'Derived', write: 'fill-empty' as const } };
      const written = await upsert(world, wishBuilder(names)('one@example.com', {}, { properties }));
      assert.equal(written.kept[names.firstName], 'already-filled');
      assert.equal((await world.stored(id))?.[names.firstName], 'Chosen');
    },
  },
  {
    name: 'a stage is never moved backwards, and moves forwards',
    async run(world, names) {
      const { stages, stage } = names;
      const customer = await world.enter({ email: 'customer@example.com', [stage]: stages.customer });
      const reader = await world.enter({ email: 'reader@example.com', [stage]: stages.earlier });
      const wish = wishBuilder(names);
      assert.equal((await upsert(world, wish('customer@example.com', {}))).kept[stage], 'stage-never-back');
      await upsert(world, wish('reader@example.com', {}));
      assert.equal((await world.stored(customer))?.[stage], stages.customer);
      assert.equal((await world.stored(reader))?.[stage], stages.lead);
    },
  },
  {
    name: 'a contact is found by the first of some addresses that has one, at once and whatever the letters',
    async run(world, names) {
      const { contacts } = world;
      const first = await world.enter({
        email: 'first@example.com',
        [names.secondaryEmails]: 'other@example.com',
      });
      const second = await world.enter({ email: 'second@example.com' });
      assert.equal(
        await contacts.find(['none@example.com', 'Second@Example.com', 'first@example.com']),
        second,
      );
      assert.equal(await contacts.find(['not an address', ' other@example.com ']), first);
      assert.equal(await contacts.find(['none@example.com', 'not an address']), undefined);
    },
  },
  {
    name: 'a secondary e-mail address finds the contact, and the primary one stays',
    async run(world, names) {
      const id = await world.enter({
        email: 'first@example.com',
        [names.secondaryEmails]: 'second@example.com',
      });
      const written = await upsert(
        world,
        wishBuilder(names)('second@example.com', { [names.company]: 'Example' }),
      );
      assert.deepEqual([written.contactId, written.action], [id, 'updated']);
      assert.equal((await world.stored(id))?.['email'], 'first@example.com');
    },
  },
  {
    name: 'without an e-mail address the phone number finds the contact, or creates it',
    async run(world, names) {
      const id = await world.enter({ email: 'one@example.com', [names.phone]: '+15550100001' });
      await world.settle();
      const wish = wishBuilder(names);
      const found = await upsert(
        world,
        wish(undefined, { [names.company]: 'Example' }, { phone: '+15550100001' }),
      );
      assert.equal(found.contactId, id);
      const made = await upsert(world, wish(undefined, {}, { phone: '+15550100002' }));
      assert.equal(made.action, 'created');
      assert.equal((await world.stored(made.contactId))?.[names.phone], '+15550100002');
    },
  },
  {
    name: 'a contact that is known by its id is found before the index knows it',
    async run(world, names) {
      const wish = wishBuilder(names)(undefined, {}, { phone: '+15550100003' });
      const { contactId } = await upsert(world, wish);
      const again = await world.contacts.look({ ...wish, knownId: contactId });
      assert.deepEqual([again.action, again.contactId], ['unchanged', contactId]);
    },
  },
  {
    name: 'a contact that was deleted between look and write is created anew',
    async run(world, names) {
      const id = await world.enter({ email: 'one@example.com' });
      const plan = await world.contacts.look(
        wishBuilder(names)('one@example.com', { [names.company]: 'Example' }),
      );
      assert.equal(plan.action, 'update');
      await world.remove(id);
      const written = await world.contacts.write(plan);
      assert.equal(written.action, 'created');
      assert.notEqual(written.contactId, id);
    },
  },
  {
    name: 'of many at once each gets its own answer, and one with a bad address is refused alone',
    async run(world, names) {
      const emails = ['a@example.com', 'b@example.com', 'no-address', 'c@example.com', 'a@example.com'];
      const wish = wishBuilder(names);
      const settled = await Promise.allSettled(
        emails.map((email, index) => upsert(world, wish(email, { [names.firstName]: `Name ${index}` }))),
      );
      assert.deepEqual(
        settled.map(({ status }) => status),
        ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
      );
      assert.equal(await world.count(), 3);
      const refusal = settled[2]?.status === 'rejected' ? (settled[2].reason as Record<string, unknown>) : {};
      assert.equal(refusal['kind'], 'permanent');
      assert.deepEqual((refusal['details'] as Record<string, unknown>)['properties'], ['email']);
    },
  },
];
