import { describe, expect, it } from 'vitest';
import { at, failureOf, freshSandbox } from './support.ts';

describe('HubSpot contacts through the official client', () => {
  it('creates a contact and reads it by id, by e-mail and by a secondary e-mail', async () => {
    const hubspot = await freshSandbox();
    const id = await hubspot.create({
      email: 'Ada@Example.com',
      hs_additional_emails: 'ada.second@example.com',
    });
    const { basicApi } = hubspot.contacts;
    const byId = await basicApi.getById(id, ['email', 'company']);
    expect(byId.properties).toMatchObject({ email: 'ada@example.com', hs_object_id: id, company: null });
    expect(byId.createdAt).toBeInstanceOf(Date);
    for (const email of ['ada@example.com', 'ada.second@example.com']) {
      expect((await basicApi.getById(email, ['email'], [], [], false, 'email')).id).toBe(id);
    }
    expect((await failureOf(basicApi.getById('1'))).code).toBe(404);
  });

  it('refuses a second contact with a primary or secondary e-mail that exists, and names the first', async () => {
    const hubspot = await freshSandbox();
    const id = await hubspot.create({ email: 'one@example.com', hs_additional_emails: 'two@example.com' });
    for (const email of ['one@example.com', 'TWO@example.com']) {
      const failure = await failureOf(hubspot.create({ email }));
      expect(failure.code).toBe(409);
      expect(failure.body).toMatchObject({
        category: 'CONFLICT',
        message: `Contact already exists. Existing ID: ${id}`,
      });
    }
    expect((await hubspot.effects()).created).toBe(1);
  });

  it('refuses unknown properties, bad e-mails, options that are not allowed and read-only values', async () => {
    const hubspot = await freshSandbox();
    const cases = {
      PROPERTY_DOESNT_EXIST: { no_such_prop: 'x' },
      INVALID_EMAIL: { email: 'not-an-email' },
      INVALID_OPTION: { lifecyclestage: 'friend' },
      READ_ONLY_VALUE: { hs_object_id: '1' },
    };
    for (const [code, properties] of Object.entries(cases)) {
      const failure = await failureOf(hubspot.create(properties));
      expect(failure.code).toBe(400);
      expect(failure.body).toMatchObject({ category: 'VALIDATION_ERROR', errors: [{ code }] });
      expect(at(failure.body, 'errors.0.context.propertyName')).toEqual(Object.keys(properties));
    }
    expect((await hubspot.effects()).created).toBe(0);
  });

  it('a validation rule of the portal refuses a value and names the property', async () => {
    const hubspot = await freshSandbox();
    await hubspot.admin('PUT', '/hubspot/validation-rules', [{ property: 'phone', pattern: '^\\+1' }]);
    const failure = await failureOf(hubspot.create({ email: 'a@example.com', phone: '0155' }));
    expect(at(failure.body, 'errors.0.context.propertyName')).toEqual(['phone']);
    await hubspot.create({ email: 'a@example.com', phone: '+15550100001' });
  });

  it('a lifecycle stage never goes back through the API, and a person may move it', async () => {
    const hubspot = await freshSandbox();
    const id = await hubspot.create({ email: 'a@example.com', lifecyclestage: 'customer' });
    const stage = async () =>
      (await hubspot.contacts.basicApi.getById(id, ['lifecyclestage'])).properties['lifecyclestage'];
    await hubspot.contacts.basicApi.update(id, { properties: { lifecyclestage: 'lead' } });
    expect(await stage()).toBe('customer');
    expect(await hubspot.effects()).toMatchObject({ updated: 0, unchangedWrites: 1 });
    await hubspot.contacts.basicApi.update(id, { properties: { lifecyclestage: 'evangelist' } });
    expect(await stage()).toBe('evangelist');
    await hubspot.admin('PUT', `/hubspot/contacts/${id}/as-person`, {
      properties: { lifecyclestage: 'lead' },
    });
    expect(await stage()).toBe('lead');
  });

  it('history tells what a person changed from what the API wrote, newest first', async () => {
    const hubspot = await freshSandbox();
    const id = await hubspot.create({ email: 'a@example.com', phone: '+15550100001' });
    await hubspot.admin('PUT', `/hubspot/contacts/${id}/as-person`, {
      properties: { phone: '+15550100002' },
      userId: 42,
    });
    const read = await hubspot.batchRead(['a@example.com'], ['phone'], ['phone']);
    expect(at(read.results[0], 'propertiesWithHistory.phone')).toMatchObject([
      { value: '+15550100002', sourceType: 'CRM_UI', sourceId: 'userId:42', updatedByUserId: 42 },
      { value: '+15550100001', sourceType: 'INTEGRATION' },
    ]);
    expect(await hubspot.effects()).toMatchObject({ created: 1, updated: 0 });
  });

  it('keeps the last 45 versions of a value', async () => {
    const hubspot = await freshSandbox();
    const id = await hubspot.create({ email: 'a@example.com', city: 'city 0' });
    for (let turn = 1; turn <= 50; turn += 1) {
      await hubspot.call('PATCH', `/crm/v3/objects/contacts/${id}`, { properties: { city: `city ${turn}` } });
    }
    const { body } = await hubspot.admin('GET', `/hubspot/contacts/${id}`);
    const versions = at(body, 'propertiesWithHistory.city');
    expect(versions).toHaveLength(45);
    expect([at(versions, '0.value'), at(versions, '44.value')]).toEqual(['city 50', 'city 6']);
  });

  it('lists pages, archives, erases, and counts an e-mail that was created twice', async () => {
    const hubspot = await freshSandbox();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) ids.push(await hubspot.create({ email: `${name}@example.com` }));
    const first = await hubspot.contacts.basicApi.getPage(2);
    expect(first.results.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = await hubspot.contacts.basicApi.getPage(2, first.paging?.next?.after);
    expect(second.results.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(second.paging).toBeUndefined();

    await hubspot.contacts.basicApi.archive(ids[0]!);
    expect((await failureOf(hubspot.contacts.basicApi.getById(ids[0]!))).code).toBe(404);
    expect((await hubspot.contacts.basicApi.getById(ids[0]!, [], [], [], true)).archived).toBe(true);
    await hubspot.create({ email: 'a@example.com' });
    expect((await hubspot.effects()).duplicates).toEqual(['a@example.com']);

    await hubspot.contacts.basicApi.purge({ objectId: 'b@example.com', idProperty: 'email' });
    expect((await hubspot.admin('GET', `/hubspot/contacts/${ids[1]}`)).status).toBe(404);
  });

  it('answers 401 without the right token', async () => {
    const hubspot = await freshSandbox();
    const answer = await hubspot.call('GET', '/crm/v3/objects/contacts', undefined, 'wrong');
    expect(answer.status).toBe(401);
    expect(at(answer.body, 'category')).toBe('INVALID_AUTHENTICATION');
  });
});
