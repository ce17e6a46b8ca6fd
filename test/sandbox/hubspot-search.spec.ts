import { describe, expect, it, vi } from 'vitest';
import { at, freshSandbox } from './support.ts';
import type { SandboxUnderTest } from './support.ts';

type Filter = {
  propertyName: string;
  operator: string;
  value?: string;
  values?: string[];
  highValue?: string;
};

async function found(hubspot: SandboxUnderTest, groups: Filter[][], rest: object = {}): Promise<string[]> {
  const search = hubspot.contacts.searchApi.doSearch({
    filterGroups: groups.map((filters) => ({ filters })) as never,
    properties: ['email'],
    limit: 100,
    after: '0',
    sorts: ['email'],
    ...rest,
  });
  return (await search).results.map((contact) => contact.properties['email']?.split('@')[0] ?? '');
}

const emailIs = (email: string): Filter => ({ propertyName: 'email', operator: 'EQ', value: email });

describe('HubSpot search', () => {
  it('shows a contact only after the index lag, and a change of it likewise', async () => {
    const hubspot = await freshSandbox();
    await hubspot.admin('PUT', '/hubspot/settings', { indexLagMs: 60_000, searchRate: 1000 });
    const id = await hubspot.create({ email: 'late@example.com', city: 'Before' });
    expect(await found(hubspot, [[emailIs('late@example.com')]])).toEqual([]);
    await hubspot.admin('PUT', '/hubspot/settings', { indexLagMs: 150 });
    await vi.waitFor(async () =>
      expect(await found(hubspot, [[emailIs('late@example.com')]])).toEqual(['late']),
    );
    await hubspot.admin('PUT', '/hubspot/settings', { indexLagMs: 60_000 });
    await hubspot.contacts.basicApi.update(id, { properties: { city: 'After' } });
    expect(await found(hubspot, [[{ propertyName: 'city', operator: 'EQ', value: 'Before' }]])).toEqual([
      'late',
    ]);
    await hubspot.admin('PUT', '/hubspot/settings', { indexLagMs: 0 });
    expect(await found(hubspot, [[{ propertyName: 'city', operator: 'EQ', value: 'Before' }]])).toEqual([]);
  });

  it('groups are alternatives, filters add up, and every operator decides', async () => {
    const hubspot = await freshSandbox();
    await hubspot.admin('PUT', '/hubspot/settings', { indexLagMs: 0, searchRate: 1000 });
    await hubspot.create({ email: 'ann@example.com', city: 'Aachen', firstname: 'Ann Marie' });
    await hubspot.create({ email: 'bob@example.com', city: 'Berlin' });
    await hubspot.create({ email: 'cid@example.com' });
    const city = (operator: string, rest: Partial<Filter> = {}): Filter => ({
      propertyName: 'city',
      operator,
      ...rest,
    });
    const cases: [Filter[][], string[]][] = [
      [[[city('EQ', { value: 'aachen' })]], ['ann']],
      [[[city('NEQ', { value: 'Aachen' })]], ['bob']],
      [[[city('IN', { values: ['Aachen', 'Berlin'] })]], ['ann', 'bob']],
      [[[city('HAS_PROPERTY')]], ['ann', 'bob']],
      [[[city('NOT_HAS_PROPERTY')]], ['cid']],
      [[[city('GT', { value: 'Aachen' })]], ['bob']],
      [[[city('GTE', { value: 'Aachen' })]], ['ann', 'bob']],
      [[[city('LT', { value: 'Berlin' })]], ['ann']],
      [[[city('LTE', { value: 'Berlin' })]], ['ann', 'bob']],
      [[[city('BETWEEN', { value: 'B', highValue: 'C' })]], ['bob']],
      [[[{ propertyName: 'firstname', operator: 'CONTAINS_TOKEN', value: 'mar*' }]], ['ann']],
      [[[{ propertyName: 'createdate', operator: 'GT', value: '0' }]], ['ann', 'bob', 'cid']],
      [[[city('HAS_PROPERTY'), emailIs('bob@example.com')]], ['bob']],
      [
        [[emailIs('bob@example.com')], [emailIs('cid@example.com')]],
        ['bob', 'cid'],
      ],
    ];
    for (const [groups, emails] of cases)
      expect(await found(hubspot, groups), JSON.stringify(groups)).toEqual(emails);
    expect(await found(hubspot, [], { sorts: ['-email'] })).toEqual(['cid', 'bob', 'ann']);
  });

  it('pages with after, and refuses more than 200 at once and anything past 10,000', async () => {
    const hubspot = await freshSandbox();
    await hubspot.admin('PUT', '/hubspot/settings', { indexLagMs: 0, searchRate: 1000 });
    for (const name of ['a', 'b', 'c']) await hubspot.create({ email: `${name}@example.com` });
    const search = (body: object) => hubspot.call('POST', '/crm/v3/objects/contacts/search', body);
    const first = (await search({ limit: 2 })).body;
    expect(first).toMatchObject({ total: 3, results: [{}, {}], paging: { next: { after: '2' } } });
    const second = (await search({ limit: 2, after: '2' })).body;
    expect([at(second, 'results.length'), at(second, 'paging')]).toEqual([1, undefined]);
    expect((await search({ limit: 201 })).status).toBe(400);
    expect((await search({ limit: 200, after: '9800' })).status).toBe(200);
    expect((await search({ limit: 200, after: '9801' })).status).toBe(400);
  });

  it('has a limit of its own and no rate headers', async () => {
    const hubspot = await freshSandbox();
    await hubspot.admin('PUT', '/hubspot/settings', { searchRate: 1 });
    const search = () => hubspot.call('POST', '/crm/v3/objects/contacts/search', {});
    const answers = await Promise.all([search(), search()]);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body).toMatchObject({
      policyName: 'SECONDLY',
      message: 'You have reached your secondly limit.',
    });
    for (const { headers } of answers) expect(headers.get('x-hubspot-ratelimit-max')).toBeNull();
    await vi.waitFor(async () => expect((await search()).status).toBe(200), { timeout: 5000 });
  });
});
