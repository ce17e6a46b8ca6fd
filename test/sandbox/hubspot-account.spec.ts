import { describe, expect, it } from 'vitest';
import { at, failureOf, freshSandbox } from './support.ts';
import type { SandboxUnderTest } from './support.ts';

describe('HubSpot’s account', () => {
  it('says which portal it is, and in which zone', async () => {
    const hubspot = await freshSandbox();
    const { body } = await hubspot.call('GET', '/account-info/v3/details');
    expect(body).toMatchObject({ portalId: 4_010_001, timeZone: 'Europe/Berlin' });
  });

  it('says which app a token is of, and what it may do', async () => {
    const hubspot = await freshSandbox();
    await hubspot.admin('PUT', '/hubspot/scopes', ['crm.objects.deals.read']);
    const ask = (tokenKey: string) =>
      hubspot.call('POST', '/oauth/v2/private-apps/get/access-token-info', { tokenKey });
    const { status, body } = await ask('sandbox-hubspot-token');
    expect([status, body]).toEqual([
      200,
      { userId: 70_010_001, hubId: 4_010_001, appId: 1_357_911, scopes: ['crm.objects.deals.read'] },
    ]);
    expect((await ask('another')).status).toBe(404);
  });

  it('has pipelines with stages that deals may be in, also others than it began with', async () => {
    const hubspot = await freshSandbox();
    const { results } = await hubspot.client.crm.pipelines.pipelinesApi.getAll('deals');
    expect(results[0]?.stages.find(({ id }) => id === 'closedwon')?.metadata).toMatchObject({
      isClosed: 'true',
    });
    const renewals = { id: 'renewals', stages: [{ id: 'asked' }, { id: 'agreed', isClosed: true }] };
    await hubspot.admin('PUT', '/hubspot/pipelines', [renewals]);
    const create = (dealstage: string) =>
      hubspot.deals.basicApi.create({ properties: { pipeline: 'renewals', dealstage }, associations: [] });
    await create('asked');
    expect((await failureOf(create('closedwon'))).code).toBe(400);
  });
});

describe('HubSpot’s owners', () => {
  it('are paged, found by e-mail, and those that were deactivated only when asked for', async () => {
    const hubspot = await freshSandbox();
    const { ownersApi } = hubspot.client.crm.owners;
    const first = await ownersApi.getPage(undefined, undefined, 1);
    expect(first.results.map(({ email }) => email)).toEqual(['alex@example.com']);
    const second = await ownersApi.getPage(undefined, first.paging?.next?.after, 1);
    expect([second.results[0]?.email, second.paging]).toEqual(['kim@example.com', undefined]);
    const [kim] = (await ownersApi.getPage('Kim@example.com')).results;
    expect([kim?.id, kim?.userId]).toEqual(['50010002', 70010002]);
    expect((await ownersApi.getPage('gone@example.com')).results).toEqual([]);
    const [gone] = (await ownersApi.getPage('gone@example.com', undefined, 10, true)).results;
    expect(gone).toMatchObject({ id: '50010003', archived: true, userIdIncludingInactive: 70010003 });
    expect((await failureOf(ownersApi.getById(50010003))).code).toBe(404);
    expect((await ownersApi.getById(50010003, 'id', true)).archived).toBe(true);
  });

  it('come and go by the admin routes', async () => {
    const hubspot = await freshSandbox();
    await hubspot.admin('PUT', '/hubspot/owners/50010002', { archived: true });
    const answer = await hubspot.call('GET', '/crm/v3/owners/50010002');
    expect(answer.status).toBe(404);
  });
});

describe('HubSpot’s definitions of properties', () => {
  const definition = (name: string, groupName: string) => ({
    ...{ name, groupName, label: name },
    ...{ type: 'string' as never, fieldType: 'text' as never },
  });

  it.each(['contacts', 'deals', 'tasks'])(
    'of %s are listed, created once, and then written',
    async (kind) => {
      const hubspot = await freshSandbox();
      const { coreApi, groupsApi } = hubspot.client.crm.properties;
      const create = () => coreApi.create(kind, definition('signalbox_ref', 'signalbox'));
      expect((await failureOf(create())).code).toBe(400);
      await groupsApi.create(kind, { name: 'signalbox', label: 'Signalbox' });
      const again = groupsApi.create(kind, { name: 'signalbox', label: 'Signalbox' });
      expect((await failureOf(again)).code).toBe(409);
      await create();
      expect((await failureOf(create())).code).toBe(409);
      const all = (await coreApi.getAll(kind)).results.map(({ name }) => name);
      expect(all).toContain('signalbox_ref');
      expect((await groupsApi.getAll(kind)).results.map(({ name }) => name)).toContain('signalbox');
    },
  );
});

describe('a token that lacks a scope', () => {
  const calls: [string, string, string][] = [
    ['crm.objects.contacts.read', 'GET', '/crm/v3/objects/contacts'],
    ['crm.objects.contacts.read', 'POST', '/crm/v3/objects/tasks/search'],
    ['crm.objects.contacts.write', 'POST', '/crm/v3/objects/notes'],
    ['crm.objects.deals.read', 'POST', '/crm/v3/objects/deals/batch/read'],
    ['crm.objects.deals.write', 'POST', '/crm/v3/objects/0-3/batch/update'],
    ['crm.objects.owners.read', 'GET', '/crm/v3/owners/'],
    ['crm.schemas.deals.write', 'POST', '/crm/v3/properties/deals'],
  ];

  const without = async (hubspot: SandboxUnderTest, scope: string) => {
    const { body } = await hubspot.admin('GET', '/hubspot/scopes');
    await hubspot.admin(
      'PUT',
      '/hubspot/scopes',
      (body as string[]).filter((one) => one !== scope),
    );
  };

  it.each(calls)('%s is refused %s %s, which names it', async (scope, method, path) => {
    const hubspot = await freshSandbox();
    const body = method === 'GET' ? undefined : {};
    expect((await hubspot.call(method, path, body)).status).not.toBe(403);
    await without(hubspot, scope);
    const refused = await hubspot.call(method, path, body);
    expect([refused.status, at(refused.body, 'category')]).toEqual([403, 'MISSING_SCOPES']);
    expect(at(refused.body, 'errors.0.context.requiredGranularScopes')).toEqual([scope]);
  });

  it('has all of them again after a reset, and cannot get one that nothing asks for', async () => {
    const hubspot = await freshSandbox();
    await without(hubspot, 'tickets');
    expect((await hubspot.admin('PUT', '/hubspot/scopes', ['crm.everything'])).status).toBe(400);
    await hubspot.admin('POST', '/reset');
    expect((await hubspot.admin('GET', '/hubspot/scopes')).body).toContain('tickets');
  });
});
