import { beforeEach, describe, expect, it } from 'vitest';
import {
  admin,
  allPaths,
  enterDeal,
  failure,
  fault,
  hubspot,
  storedDeal,
  withHubspotSandbox,
} from '../../../../test/support/hubspot-world.js';
import { crmDealsConformance, type DealWorld } from './conformance-deals.js';

withHubspotSandbox();

let world: DealWorld;
beforeEach(() => {
  world = {
    deals: hubspot.deals,
    names: {
      ...{ amount: 'amount', stage: 'dealstage', pipeline: 'pipeline' },
      ...{ owner: 'hubspot_owner_id', unknown: 'no_such_property' },
    },
    values: {
      ...{ pipeline: 'default', first: 'qualifiedtobuy', last: 'closedwon', owner: '50010001' },
    },
    enter: enterDeal,
    change: async (id, properties) =>
      void (await admin('PUT', `/hubspot/deals/${id}/as-person`, { properties })),
    remove: async (id) => void (await admin('DELETE', `/hubspot/deals/${id}`)),
    stored: storedDeal,
  };
});

describe('HubspotDeals, as every adapter', () => {
  it.each(crmDealsConformance)('$name', async ({ run }) => run(world));
});

describe('HubspotDeals', () => {
  const stage = { dealstage: 'qualifiedtobuy' };
  const many = async (amount: number): Promise<string[]> => {
    const made = await Promise.all(Array.from({ length: amount }, () => enterDeal(stage)));
    return made.map(({ dealId }) => dealId);
  };

  it('reads a hundred by two calls and updates them by one', async () => {
    const ids = await many(100);
    await Promise.all(ids.map((id) => hubspot.deals.read([id], ['amount'])));
    expect((await allPaths()).sort()).toEqual([
      '/crm/v3/objects/deals/batch/read',
      '/crm/v4/associations/deals/contacts/batch/read',
    ]);
    await Promise.all(ids.map((id) => hubspot.deals.update(id, { amount: '5' })));
    expect((await allPaths()).at(-1)).toBe('/crm/v3/objects/deals/batch/update');
    expect(await allPaths()).toHaveLength(3);
  });

  it.each([
    ['429-ten-secondly', 'CRM.RATE_LIMITED', 'transient'],
    ['401', 'CRM.CREDENTIALS_REFUSED', 'transient'],
    ['500', 'CRM.UNAVAILABLE', 'transient'],
    ['502-html', 'CRM.UNAVAILABLE', 'transient'],
    ['reset-after', 'CRM.OUTCOME_UNKNOWN', 'transient'],
    ['timeout', 'CRM.OUTCOME_UNKNOWN', 'transient'],
  ])('%s is %s, %s', async (kind, code, errorKind) => {
    const [id = ''] = await many(1);
    await fault({ match: {}, kind });
    expect(await failure(hubspot.deals.read([id], []))).toMatchObject({ code, kind: errorKind });
  });

  it('that may not be read names the scope', async () => {
    await admin('PUT', '/hubspot/scopes', ['crm.objects.contacts.read']);
    const error = await failure(hubspot.deals.read(['1'], []));
    expect(error).toMatchObject({
      code: 'CRM.SCOPES_MISSING',
      details: { scopes: ['crm.objects.deals.read'] },
    });
  });

  it.each([
    ['of the wrong type', { status: 200, body: { results: 5 } }],
    ['with an end that is none', { status: 200, body: { results: [{ from: { id: '1' }, to: [{}] }] } }],
    ['that is too large', { huge: 3_000_000 }],
  ])('an answer %s is a coded transient error', async (_, spoiled) => {
    await fault({ match: { path: 'associations' }, fault: spoiled });
    expect(await failure(hubspot.deals.read(['1'], []))).toMatchObject({ code: 'CRM.ANSWER_INVALID' });
  });
});
