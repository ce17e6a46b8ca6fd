import { describe, expect, it } from 'vitest';
import { at, failureOf, freshSandbox } from './support.ts';
import type { SandboxUnderTest } from './support.ts';

const won = { dealname: 'Example', dealstage: 'closedwon', amount: '1500' };

async function createDeal(hubspot: SandboxUnderTest, properties: Record<string, string> = won) {
  return (await hubspot.deals.basicApi.create({ properties, associations: [] })).id;
}

/** As a body that creates an object has it. */
const about = (id: string, associationTypeId: number) => ({
  to: { id },
  types: [{ associationCategory: 'HUBSPOT_DEFINED' as never, associationTypeId }],
});

describe('HubSpot deals', () => {
  it('are created in a pipeline and a stage that exist, read, changed and found by when they changed', async () => {
    const hubspot = await freshSandbox();
    await hubspot.admin('PUT', '/hubspot/settings', { indexLagMs: 0, searchRate: 100 });
    const id = await createDeal(hubspot);
    const before = new Date().toISOString();
    await hubspot.deals.basicApi.update(id, { properties: { amount: '1600', closedate: '2026-12-24' } });
    const { properties } = await hubspot.deals.basicApi.getById(id, ['amount', 'closedate', 'pipeline']);
    expect(properties).toMatchObject({
      ...{ amount: '1600', closedate: '2026-12-24T00:00:00.000Z', pipeline: 'default' },
      hs_lastmodifieddate: expect.stringMatching(/Z$/),
    });
    const filters = [{ propertyName: 'hs_lastmodifieddate', operator: 'GTE' as never, value: before }];
    const found = await hubspot.deals.searchApi.doSearch({
      filterGroups: [{ filters }],
      sorts: ['hs_lastmodifieddate'],
      limit: 10,
    });
    expect(found.results.map((deal) => deal.id)).toEqual([id]);
    expect(await hubspot.effects('deals')).toMatchObject({ created: 1, updated: 1, unchangedWrites: 0 });
  });

  it.each([
    ['INVALID_OPTION', { ...won, dealstage: 'nowhere' }],
    ['REQUIRED_PROPERTY', { dealname: 'No stage' }],
    ['INVALID_OWNER_ID', { ...won, hubspot_owner_id: '1' }],
    ['PROPERTY_DOESNT_EXIST', { ...won, signalbox_qualification: 'yes' }],
  ])('a value that cannot be is %s', async (code, properties) => {
    const hubspot = await freshSandbox();
    const { code: status, body } = await failureOf(createDeal(hubspot, properties));
    expect([status, at(body, 'errors.0.code')]).toEqual([400, code]);
  });

  it('tell who changed what and when, by id or in a batch of 50', async () => {
    const hubspot = await freshSandbox();
    const id = await createDeal(hubspot, { ...won, dealstage: 'contractsent' });
    await hubspot.admin('PUT', `/hubspot/deals/${id}/as-person`, { properties: { dealstage: 'closedwon' } });
    const read = (inputs: { id: string }[]) =>
      hubspot.deals.batchApi.read({ inputs, properties: [], propertiesWithHistory: ['dealstage'] });
    const [deal] = (await read([{ id }])).results;
    const versions = deal?.propertiesWithHistory?.['dealstage'] ?? [];
    expect(versions.map(({ value, sourceType }) => [value, sourceType])).toEqual([
      ['closedwon', 'CRM_UI'],
      ['contractsent', 'INTEGRATION'],
    ]);
    expect(versions[0]?.timestamp).toBeInstanceOf(Date);
    const many = Array.from({ length: 51 }, (_, index) => ({ id: String(index) }));
    expect((await failureOf(read(many))).code).toBe(400);
  });

  it('are archived, and then neither read nor changed', async () => {
    const hubspot = await freshSandbox();
    const id = await createDeal(hubspot);
    await hubspot.admin('DELETE', `/hubspot/deals/${id}`);
    expect((await failureOf(hubspot.deals.basicApi.getById(id))).code).toBe(404);
    const update = hubspot.deals.basicApi.update(id, { properties: { amount: '1' } });
    expect((await failureOf(update)).code).toBe(404);
  });
});

describe('HubSpot notes and tasks', () => {
  it('are about what they were created with', async () => {
    const hubspot = await freshSandbox();
    const deal = await createDeal(hubspot);
    const contact = await hubspot.create({ email: 'a@example.com' });
    const note = await hubspot.notes.basicApi.create({
      properties: { hs_timestamp: '2026-11-20T12:00:00Z', hs_note_body: 'Called' },
      associations: [about(deal, 214), about(contact, 202)],
    });
    const read = await hubspot.notes.basicApi.getById(note.id, ['hs_note_body'], [], ['deals', 'contacts']);
    expect(read.associations).toMatchObject({
      deals: { results: [{ id: deal, type: 'note_to_deal' }] },
      contacts: { results: [{ id: contact, type: 'note_to_contact' }] },
    });
    const shown = await hubspot.admin('GET', `/hubspot/deals/${deal}`);
    expect(at(shown.body, 'associations.notes')).toEqual([note.id]);
  });

  it('are refused whole when they are about something that is not there', async () => {
    const hubspot = await freshSandbox();
    const deal = await createDeal(hubspot);
    const inputs = [deal, '1'].map((id) => ({
      properties: { hs_timestamp: '2026-11-20T12:00:00Z', hs_task_subject: 'Call' },
      associations: [about(id, 216)],
      objectWriteTraceId: id,
    }));
    const failure = await failureOf(hubspot.tasks.batchApi.create({ inputs }));
    expect([failure.code, at(failure.body, 'category')]).toEqual([404, 'OBJECT_NOT_FOUND']);
    expect((await hubspot.effects('tasks')).created).toBe(0);
    const wrongType = hubspot.tasks.batchApi.create({
      inputs: [{ ...inputs[0]!, associations: [about(deal, 3)] }],
    });
    expect((await failureOf(wrongType)).code).toBe(400);
  });

  it('a task is done when its status says so, and search knows it after the lag', async () => {
    const hubspot = await freshSandbox();
    await hubspot.admin('PUT', '/hubspot/settings', { indexLagMs: 60_000, searchRate: 100 });
    const properties = { hs_timestamp: '1795176000000', hs_task_subject: 'Call', hs_task_body: 'sbx-1' };
    const task = await hubspot.tasks.basicApi.create({ properties, associations: [] });
    expect(task.properties['hs_timestamp']).toBe('2026-11-20T12:00:00.000Z');
    await hubspot.tasks.basicApi.update(task.id, { properties: { hs_task_status: 'COMPLETED' } });
    const [read] = (
      await hubspot.tasks.batchApi.read({
        inputs: [{ id: task.id }],
        properties: ['hs_task_status', 'hs_task_priority'],
        propertiesWithHistory: [],
      })
    ).results;
    expect(read?.properties).toMatchObject({ hs_task_status: 'COMPLETED', hs_task_priority: 'NONE' });
    const filters = [{ propertyName: 'hs_task_body', operator: 'CONTAINS_TOKEN' as never, value: '*sbx-1*' }];
    const search = async () =>
      (await hubspot.tasks.searchApi.doSearch({ filterGroups: [{ filters }], limit: 10 })).total;
    expect(await search()).toBe(0);
    await hubspot.admin('PUT', '/hubspot/settings', { indexLagMs: 0 });
    expect(await search()).toBe(1);
  });

  it('one that is created twice under one reference is counted as a duplicate', async () => {
    const hubspot = await freshSandbox();
    const reference = `sbx-${'0a'.repeat(12)}`;
    for (const text of ['once', 'twice']) {
      const properties = { hs_timestamp: '1795176000000', hs_note_body: `${text}<br>${reference}` };
      await hubspot.notes.basicApi.create({ properties, associations: [] });
    }
    expect((await hubspot.effects('notes')).duplicates).toEqual([reference]);
  });
});

describe('HubSpot associations', () => {
  it('are put, listed from both ends, read in a batch and taken away', async () => {
    const hubspot = await freshSandbox();
    const [deal, alone] = [await createDeal(hubspot), await createDeal(hubspot)];
    const contact = await hubspot.create({ email: 'a@example.com' });
    const { basicApi, batchApi } = hubspot.client.crm.associations.v4;
    const put = (typeId: number, id = contact) =>
      basicApi.create('deals', deal, 'contacts', id, [
        { associationCategory: 'HUBSPOT_DEFINED' as never, associationTypeId: typeId },
      ]);
    await put(3);
    expect((await failureOf(put(4))).code).toBe(400);
    expect((await failureOf(put(3, '1'))).code).toBe(404);
    const [back] = (await basicApi.getPage('contacts', contact, 'deals')).results;
    expect([String(back?.toObjectId), back?.associationTypes[0]?.typeId]).toEqual([deal, 4]);
    const read: object = await batchApi.getPage('deals', 'contacts', {
      inputs: [{ id: deal }, { id: alone }],
    });
    expect([at(read, 'results.0._from.id'), at(read, 'results.length')]).toEqual([deal, 1]);
    expect(at(read, 'errors.0.subCategory')).toBe('crm.associations.NO_ASSOCIATIONS_FOUND');
    await basicApi.archive('deals', deal, 'contacts', contact);
    expect((await basicApi.getPage('deals', deal, 'contacts')).results).toEqual([]);
  });
});
