import { describe, expect, it } from 'vitest';
import {
  admin,
  allPaths,
  failure,
  fault,
  hubspot,
  withHubspotSandbox,
} from '../../../../test/support/hubspot-world.js';
import { crmOwnersConformance, type OwnerWorld } from './conformance-owners.js';

withHubspotSandbox();

let lastId = 60_000_000;

const world = (): OwnerWorld => ({
  owners: hubspot.owners,
  enter: async (email, { first, last }) => {
    const id = String((lastId += 1));
    await admin('PUT', `/hubspot/owners/${id}`, { email, firstName: first, lastName: last });
    return id;
  },
  deactivate: async (id) => void (await admin('PUT', `/hubspot/owners/${id}`, { archived: true })),
  calls: async () => (await allPaths()).length,
});

describe('HubspotOwners, as every adapter', () => {
  it.each(crmOwnersConformance)('$name', async ({ run }) => run(world()));
});

describe('HubspotOwners', () => {
  it('does not remember that it could not ask', async () => {
    await fault({ match: {}, times: 1, kind: '500' });
    expect((await failure(hubspot.owners.byId('50010001'))).code).toBe('CRM.UNAVAILABLE');
    expect((await hubspot.owners.byId('50010001'))?.email).toBe('alex@example.com');
  });

  it.each([
    ['without an id', { status: 200, body: { results: [{ email: 'x@example.com' }] } }],
    ['without results', { status: 200, body: {} }],
  ])('an answer %s is invalid', async (_, spoiled) => {
    await fault({ match: {}, fault: spoiled });
    expect((await failure(hubspot.owners.byEmail('x@example.com'))).code).toBe('CRM.ANSWER_INVALID');
  });

  it('that may not be read names the scope', async () => {
    await admin('PUT', '/hubspot/scopes', []);
    expect((await failure(hubspot.owners.byId('50010001'))).details).toMatchObject({
      scopes: ['crm.objects.owners.read'],
    });
  });
});
