import { beforeEach, describe, expect, it } from 'vitest';
import {
  admin,
  allPaths,
  effects,
  enterDeal,
  failure,
  fault,
  hubspot,
  url,
  withHubspotSandbox,
} from '../../../../test/support/hubspot-world.js';
import type { CodedError } from '../../../shared/kernel/coded-error.js';
import { crmActivitiesConformance, type ActivityWorld, type SeenActivity } from './conformance-activities.js';
import { referenceProperty } from './hubspot-activities.js';

withHubspotSandbox();

const at = new Date('2026-11-20T12:00:00.000Z');
const indexLag = (indexLagMs: number) => admin('PUT', '/hubspot/settings', { indexLagMs, searchRate: 1_000 });
beforeEach(() => indexLag(0));

/** HTML as it is read. */
const read = (html: string): string =>
  html
    .replaceAll('<br>', '\n')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

async function seen(kind: 'note' | 'task', id: string): Promise<SeenActivity | undefined> {
  const { properties, associations } = (await admin('GET', `/hubspot/${kind}s/${id}`)) as {
    properties?: Record<string, string>;
    associations: Record<string, string[]>;
  };
  if (!properties) return undefined;
  const { hs_task_subject: title, hubspot_owner_id: ownerId } = properties;
  return {
    text: read(properties[`hs_${kind}_body`] ?? ''),
    ...(title !== undefined && { title }),
    ...(ownerId !== undefined && { ownerId }),
    at: properties['hs_timestamp'] ?? '',
    about: Object.values(associations).flat(),
  };
}

const entered = {
  deal: { dealstage: 'qualifiedtobuy' },
  contact: { firstname: 'Ann' },
  ticket: { subject: 'Help', hs_pipeline_stage: '1' },
};

const world = (): ActivityWorld => ({
  activities: hubspot.activities,
  enter: async (type) =>
    (await admin('POST', `/hubspot/${type}s`, { properties: entered[type] }))['id'] as string,
  seen,
  removeTask: async (id) => void (await admin('DELETE', `/hubspot/tasks/${id}`)),
  count: async (kind) => (await admin('GET', `/hubspot/${kind}s`))['total'] as number,
  ownerId: '50010001',
  lag: async () => void (await indexLag(60_000)),
  settle: async () => void (await indexLag(0)),
});

async function defineProperty(): Promise<void> {
  const headers = { authorization: 'Bearer sandbox-hubspot-token', 'content-type': 'application/json' };
  const definition = { name: referenceProperty, label: 'Reference', type: 'string', fieldType: 'text' };
  await fetch(`${url}/hubspot/crm/v3/properties/tasks`, {
    ...{ method: 'POST', headers },
    body: JSON.stringify({ ...definition, groupName: 'task' }),
  });
}

describe('HubspotActivities, as every adapter', () => {
  it.each(crmActivitiesConformance)('$name', async ({ run }) => run(world()));
});

describe('HubspotActivities in an account that has the property of tasks, as every adapter', () => {
  beforeEach(defineProperty);
  it.each(crmActivitiesConformance)('$name', async ({ run }) => run(world()));
});

const wishes = async (amount: number) => {
  const { dealId: id } = await enterDeal(entered.deal);
  return Array.from({ length: amount }, (_, index) => ({
    ...{ about: { type: 'deal', id } as const, text: 'A note', title: 'Call', body: 'Soon', at, dueAt: at },
    reference: `sbx-${String(index).padStart(24, '0')}`,
  }));
};

describe('HubspotActivities shares calls', () => {
  it('a hundred notes cost one call, and are looked for five at a time', async () => {
    const many = await wishes(100);
    await Promise.all(many.map((wish) => hubspot.activities.createNote(wish)));
    expect(await allPaths()).toEqual(['/crm/v3/objects/notes/batch/create']);
    const found = await Promise.all(many.map(({ reference }) => hubspot.activities.findNote(reference)));
    expect(new Set(found).size).toBe(100);
    expect(await allPaths()).toHaveLength(21);
  });

  it('a hundred tasks are looked for by one search where the account has the property', async () => {
    await defineProperty();
    const many = await wishes(100);
    await Promise.all(many.map((wish) => hubspot.activities.createTask(wish)));
    const before = (await allPaths()).length;
    const found = await Promise.all(many.map(({ reference }) => hubspot.activities.findTask(reference)));
    expect(new Set(found).size).toBe(100);
    expect((await allPaths()).slice(before)).toEqual(['/crm/v3/objects/tasks/search']);
  });

  it('where the property is, the text of a task is what a person wrote', async () => {
    await defineProperty();
    const [wish] = await wishes(1);
    const id = await hubspot.activities.createTask(wish!);
    expect((await seen('task', id))?.text).toBe('Soon');
  });
});

describe('HubspotActivities when the outcome is unknown', () => {
  it.each(['reset-after', 'timeout'])('%s: it waits for the index, and is found then', async (kind) => {
    const many = await wishes(5);
    await fault({ match: { path: 'notes/batch/create' }, times: 1, kind });
    const settled = await Promise.allSettled(many.map((wish) => hubspot.activities.createNote(wish)));
    const errors = settled.map((one) => (one.status === 'rejected' ? (one.reason as CodedError) : undefined));
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'CRM.OUTCOME_UNKNOWN', kind: 'transient', retryAfterMs: 30_000 });
    }
    const found = await Promise.all(many.map(({ reference }) => hubspot.activities.findNote(reference)));
    expect(found.filter((id) => id !== undefined)).toHaveLength(5);
    expect(await effects('notes')).toMatchObject({ created: 5, duplicates: [] });
  });

  it('one that failed in part of a batch is transient by itself', async () => {
    const many = await wishes(5);
    await fault({ match: { path: 'tasks/batch/create' }, times: 1, kind: 'partial' });
    const settled = await Promise.allSettled(many.map((wish) => hubspot.activities.createTask(wish)));
    expect(settled.map(({ status }) => status)).toEqual([...Array<string>(4).fill('fulfilled'), 'rejected']);
  });
});

describe('HubspotActivities and scopes', () => {
  it('without a scope for definitions the reference stands in the text', async () => {
    const [wish] = await wishes(1);
    await fault({ match: { path: 'properties/tasks' }, kind: '403-scopes' });
    const id = await hubspot.activities.createTask(wish!);
    expect((await seen('task', id))?.text).toBe(`Soon\n\n${wish!.reference}`);
  });

  it('without one for notes it says which is missing', async () => {
    const [wish] = await wishes(1);
    await admin('PUT', '/hubspot/scopes', ['crm.objects.contacts.read']);
    expect(await failure(hubspot.activities.createNote(wish!))).toMatchObject({
      code: 'CRM.SCOPES_MISSING',
      details: { scopes: ['crm.objects.contacts.write'] },
    });
  });
});
