import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { PolicyStore } from '../policies/policy-store.js';
import { peoplePolicy, type PeoplePolicy, type Person } from './people-policy.js';
import { People } from './people.js';
import { resolveOwner } from './resolve-owner.js';

const now = new Date('2026-12-24T23:30:00Z');
const away = (more: object = {}) => ({ absences: [{ from: '2026-12-24', until: '2026-12-24', ...more }] });
const ann = { name: 'Ann', email: 'Ann@example.com', hubspotOwnerId: '1', zendeskUserId: '91' };
const bob = { name: 'Bob', hubspotOwnerId: '2' };
const eve = { name: 'Eve', hubspotOwnerId: '3' };

const policyOf = (people: Record<string, Person>, fallback?: string): PeoplePolicy => ({
  people,
  ...(fallback !== undefined && { fallback }),
});

async function ownerOf(policy: PeoplePolicy, hubspotOwnerId?: string, gone: readonly string[] = []) {
  const isActive = async (id: string) => !gone.includes(id);
  const { person, why, ...rest } = await resolveOwner(policy, { hubspotOwnerId, now, isActive });
  return [person?.key, rest.hubspotOwnerId, why];
}

describe('whose work a record is', () => {
  it('is its owner’s, whether they are among the people or not', async () => {
    expect(await ownerOf(policyOf({ ann }), '1')).toEqual(['ann', '1', 'owner']);
    expect(await ownerOf(policyOf({ ann }), '7')).toEqual([undefined, '7', 'owner']);
  });

  it('is their deputy’s while they are away: of the absence, else their own', async () => {
    expect(await ownerOf(policyOf({ ann: { ...ann, ...away(), deputy: 'bob' }, bob }), '1')).toEqual([
      'bob',
      '2',
      'deputy',
    ]);
    const other = { ...ann, ...away({ deputy: 'eve' }), deputy: 'bob' };
    expect(await ownerOf(policyOf({ ann: other, bob, eve }), '1')).toEqual(['eve', '3', 'deputy']);
  });

  it('counts days in the zone of who is away', async () => {
    const absent = (zone: string) => policyOf({ ann: { ...ann, ...away(), deputy: 'bob', zone }, bob });
    expect(await ownerOf(absent('Europe/London'), '1')).toEqual(['bob', '2', 'deputy']);
    expect(await ownerOf(absent('Europe/Berlin'), '1')).toEqual(['ann', '1', 'owner']);
  });

  it('is a deputy’s deputy’s when they are away too, and ends where they stand in for each other', async () => {
    const chain = {
      ann: { ...ann, ...away(), deputy: 'bob' },
      bob: { ...bob, ...away(), deputy: 'eve' },
      eve,
    };
    expect(await ownerOf(policyOf(chain), '1')).toEqual(['eve', '3', 'deputy']);
    expect(await ownerOf(policyOf(chain), '1', ['3'])).toEqual(['ann', '1', 'owner']);
    const circle = { ...chain, bob: { ...bob, ...away(), deputy: 'ann' } };
    expect(await ownerOf(policyOf(circle, 'eve'), '1')).toEqual(['eve', '3', 'fallback']);
  });

  it('is the fallback’s when it is nobody’s, or of somebody who was deactivated', async () => {
    const policy = policyOf({ ann, bob }, 'bob');
    expect(await ownerOf(policy)).toEqual(['bob', '2', 'fallback']);
    expect(await ownerOf(policy, '1', ['1'])).toEqual(['bob', '2', 'fallback']);
    expect(await ownerOf(policyOf({ ann: { ...ann, ...away() }, bob }, 'bob'), '1')).toEqual([
      'bob',
      '2',
      'fallback',
    ]);
  });

  it('is the fallback’s deputy’s while that is away, and nobody’s when nobody is left', async () => {
    const policy = policyOf({ ann: { ...ann, ...away(), deputy: 'bob' }, bob }, 'ann');
    expect(await ownerOf(policy)).toEqual(['bob', '2', 'fallback']);
    expect(await ownerOf(policy, undefined, ['1', '2'])).toEqual([undefined, undefined, 'none']);
    expect(await ownerOf(policyOf({}))).toEqual([undefined, undefined, 'none']);
  });
});

describe('the policy people', () => {
  it.each([
    [{ people: {}, fallback: 'ann' }, 'fallback names ann'],
    [{ people: { ann: { ...ann, manager: 'bob' } } }, 'ann.manager names bob'],
    [{ people: { ann: { ...ann, ...away({ deputy: 'eve' }) } } }, 'ann.absences.0 names eve'],
    [{ people: { ann, bob: { ...bob, email: 'ann@EXAMPLE.com' } } }, 'ann and bob have the same email'],
    [{ people: { ann: { ...ann, zone: 'Mars/Base' } } }, 'Mars/Base is no time zone'],
    [{ people: { ann }, teams: { sales: { name: 'Sales', members: ['bob'] } } }, 'teams.sales names bob'],
    [{ people: { ann: { ...ann, ...away({ until: '2026-12-01' }) } } }, 'ends before it begins'],
  ])('refuses %j', (body, problem) => {
    expect(peoplePolicy.check?.(body).join('; ')).toContain(problem);
  });
});

describe('People', () => {
  let db: TestDatabase;
  let people: People;
  beforeAll(async () => {
    db = await testDatabase();
    const store = new PolicyStore(db.database);
    people = new People(store);
    await people.onModuleInit();
    const body = { people: { ann, bob }, teams: { sales: { name: 'Sales', members: ['bob'] } } };
    store.check('people', body);
    await db.database.query(`update policies.documents set body = $1::jsonb where name = 'people'`, [
      JSON.stringify(body),
    ]);
  });
  afterAll(() => db.close());

  it('knows people by key, by their accounts and by address, and teams', async () => {
    expect(await people.byKey('ann')).toMatchObject({ key: 'ann', name: 'Ann' });
    expect(await people.byKey('__proto__')).toBeUndefined();
    expect((await people.byHubspotOwner('2'))?.key).toBe('bob');
    expect((await people.byZendeskUser('91'))?.key).toBe('ann');
    expect((await people.byEmail(' ann@example.COM '))?.key).toBe('ann');
    expect(await people.byEmail('eve@example.com')).toBeUndefined();
    expect((await people.team('sales')).map(({ key }) => key)).toEqual(['bob']);
    expect(await people.team('constructor')).toEqual([]);
    expect((await people.resolveOwner({ now, isActive: async () => true })).why).toBe('none');
  });
});
