import { expect, it } from 'vitest';
import type { HandlerContext } from '../../../shared/messaging/handler.js';
import type { PeoplePolicy } from '../../../shared/people/people-policy.js';
import { People } from '../../../shared/people/people.js';
import type { PolicyStore } from '../../../shared/policies/policy-store.js';
import type { CrmOwners } from '../connectors/crm-owners.js';
import { FindCrmOwner } from '../contracts.js';
import { FindCrmOwnerHandler } from './find-crm-owner.js';

const context = { now: new Date('2026-12-24T12:00:00Z') } as HandlerContext;
const absences = [{ from: '2026-12-21', until: '2027-01-03' }];
const policy: PeoplePolicy = {
  people: {
    ann: { name: 'Ann', hubspotOwnerId: '1' },
    bob: { name: 'Bob', email: 'bob@example.com' },
    eve: { name: 'Eve', hubspotOwnerId: '3', deputy: 'ann', absences },
    gone: { name: 'Gone', hubspotOwnerId: '9' },
    kim: { name: 'Kim', hubspotOwnerId: '5' },
  },
  fallback: 'kim',
};
const store = {
  active: async () => ({ name: 'people', version: 1, body: policy }),
} as unknown as PolicyStore;
const owners: CrmOwners = {
  byId: async (id) => ({ id, isActive: id !== '9' }),
  byEmail: async (email) => (email === 'bob@example.com' ? { id: '2', isActive: true } : undefined),
};

it.each([
  ['ann', { ownerId: '1', name: 'Ann' }],
  ['eve', { ownerId: '1', name: 'Ann' }],
  ['bob', { ownerId: '2' }],
  ['gone', { ownerId: '5', name: 'Kim' }],
  ['nobody', { ownerId: '5', name: 'Kim' }],
  [undefined, { ownerId: '5', name: 'Kim' }],
])('the work of %s is whose it is', async (person, found) => {
  const handler = new FindCrmOwnerHandler(new People(store), owners);
  const command = Object.assign(new FindCrmOwner(), { person });
  expect((await handler.run(command, context)).result).toEqual(found);
});
