import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { at, freshSandbox } from './support.ts';
import type { Answer, SandboxUnderTest } from './support.ts';

const FILE = fileURLToPath(new URL('../../../shared/providers/hubspot/openapi.json', import.meta.url));
const isThere = existsSync(FILE);
const title = isThere
  ? 'every answer is valid against HubSpot’s own OpenAPI schema'
  : 'skipped: HubSpot’s OpenAPI file is not beside this repository';

function schemaCheck(): (schema: string, { body }: Answer) => string[] {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addFormat('int32', true).addFormat('int64', true);
  ajv.addSchema(JSON.parse(readFileSync(FILE, 'utf8')) as object, 'hubspot');
  return (schema, { body }) => {
    const validate = ajv.getSchema(`hubspot#/components/schemas/${schema}`);
    if (!validate) throw new Error(`no schema ${schema}`);
    void validate(body);
    return (validate.errors ?? []).map((error) => `${schema}${error.instancePath} ${error.message}`);
  };
}

/** Deals, tasks, notes and their associations. */
async function objectCases(hubspot: SandboxUnderTest, contact: string): Promise<[string, number, Answer][]> {
  const deals = '/crm/v3/objects/0-3';
  const stage = {
    dealname: 'A',
    amount: '1',
    closedate: '2026-12-24',
    dealstage: 'closedwon',
    pipeline: 'default',
  };
  const deal = await hubspot.call('POST', deals, { properties: stage, associations: [] });
  const dealId = String(at(deal.body, 'id'));
  const types = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 3 }];
  const put = await hubspot.call(
    'PUT',
    `/crm/v4/objects/deals/${dealId}/associations/contacts/${contact}`,
    types,
  );
  const timed = { properties: { hs_timestamp: '2026-11-20T12:00:00Z' }, associations: [] };
  const task = await hubspot.call('POST', '/crm/v3/objects/tasks', timed);
  const taskPath = `/crm/v3/objects/tasks/${String(at(task.body, 'id'))}`;
  const done = { properties: { hs_task_status: 'COMPLETED' } };
  const read = `${deals}/${dealId}?propertiesWithHistory=dealstage&associations=contacts`;
  return [
    ['SimplePublicObject', 201, deal],
    ['LabelsBetweenObjectPair', 201, put],
    ['SimplePublicObjectWithAssociations', 200, await hubspot.call('GET', read)],
    ['CollectionResponseWithTotalSimplePublicObject', 200, await hubspot.call('POST', `${deals}/search`, {})],
    ['SimplePublicObject', 201, task],
    ['SimplePublicObjectWithAssociations', 200, await hubspot.call('GET', taskPath)],
    ['SimplePublicObject', 200, await hubspot.call('PATCH', taskPath, done)],
    ['SimplePublicObject', 201, await hubspot.call('POST', '/crm/v3/objects/notes', timed)],
    [
      'CollectionResponseMultiAssociatedObjectWithLabelForwardPaging',
      200,
      await hubspot.call('GET', `/crm/v4/objects/deals/${dealId}/associations/contacts`),
    ],
    ['Error', 403, await refusedFor(hubspot, deals)],
  ];
}

async function refusedFor(hubspot: SandboxUnderTest, path: string): Promise<Answer> {
  await hubspot.admin('PUT', '/hubspot/scopes', []);
  const refused = await hubspot.call('GET', path);
  await hubspot.admin('PUT', '/hubspot/scopes', ['crm.objects.contacts.read']);
  return refused;
}

describe('HubSpot answers', () => {
  it.skipIf(!isThere)(title, async () => {
    const check = schemaCheck();
    const hubspot = await freshSandbox();
    await hubspot.admin('PUT', '/hubspot/settings', { indexLagMs: 0, searchRate: 100 });
    const path = '/crm/v3/objects/contacts';
    const person = { email: 'a@example.com', firstname: 'A', lastname: 'B' };
    const created = await hubspot.call('POST', path, { properties: person, associations: [] });
    const id = String(at(created.body, 'id'));
    const batch = (kind: string, inputs: object[], rest: object = {}) =>
      hubspot.call('POST', `${path}/batch/${kind}`, { inputs, ...rest });
    const unknown = { id: '1', properties: { city: 'x' } };
    const upsert = { id: 'u@example.com', idProperty: 'email', properties: { email: 'u@example.com' } };
    const cases: [string, number, Answer][] = [
      ['SimplePublicObject', 201, created],
      [
        'SimplePublicObjectWithAssociations',
        200,
        await hubspot.call('GET', `${path}/${id}?propertiesWithHistory=email`),
      ],
      [
        'SimplePublicObject',
        200,
        await hubspot.call('PATCH', `${path}/${id}`, { properties: { city: 'x' } }),
      ],
      [
        'BatchResponseSimplePublicObject',
        200,
        await batch('read', [{ id }], { propertiesWithHistory: ['city'] }),
      ],
      ['BatchResponseSimplePublicObjectWithErrors', 207, await batch('read', [{ id }, unknown])],
      [
        'BatchResponseSimplePublicObject',
        201,
        await batch('create', [{ properties: { email: 'b@example.com', firstname: 'B', lastname: 'C' } }]),
      ],
      [
        'BatchResponseSimplePublicObjectWithErrors',
        207,
        await batch('update', [{ id, properties: { city: 'y' } }, unknown]),
      ],
      ['BatchResponseSimplePublicUpsertObject', 200, await batch('upsert', [upsert])],
      [
        'BatchResponseSimplePublicUpsertObjectWithErrors',
        207,
        await batch('upsert', [{ ...upsert, properties: {} }]),
      ],
      [
        'CollectionResponseWithTotalSimplePublicObject',
        200,
        await hubspot.call('POST', `${path}/search`, { limit: 1, properties: ['email'] }),
      ],
      [
        'CollectionResponseSimplePublicObjectWithAssociationsForwardPaging',
        200,
        await hubspot.call('GET', `${path}?limit=1&properties=email`),
      ],
      ['Error', 409, await hubspot.call('POST', path, { properties: person })],
      ['Error', 400, await hubspot.call('POST', path, { properties: { nope: '1' } })],
      ['Error', 404, await hubspot.call('GET', `${path}/1`)],
      ['Error', 401, await hubspot.call('GET', path, undefined, 'wrong')],
    ];
    cases.push(...(await objectCases(hubspot, id)));
    for (const [schema, status, answer] of cases) {
      expect([answer.status, ...check(schema, answer)], schema).toEqual([status]);
    }
    expect(check('SimplePublicObject', { ...created, body: { id: 1 } })).not.toEqual([]);
  });
});
