import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSandbox } from '../../sandbox/server.ts';
import { SandboxUnderTest, freshSandbox } from './support.ts';

function journalFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-sandbox-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'journal.jsonl');
}

async function fill(hubspot: SandboxUnderTest): Promise<string> {
  const id = await hubspot.create({ email: 'a@example.com', city: 'One' });
  await hubspot.contacts.basicApi.update(id, { properties: { city: 'Two' } });
  await hubspot.contacts.basicApi.update(id, { properties: { city: 'Two' } });
  await hubspot.admin('PUT', `/hubspot/contacts/${id}/as-person`, { properties: { phone: '+15550100001' } });
  await hubspot.admin('PUT', '/hubspot/validation-rules', [{ property: 'zip', pattern: '^\\d+$' }]);
  await hubspot.contacts.basicApi.archive(await hubspot.create({ email: 'gone@example.com' }));
  await fillAccount(hubspot, id);
  return id;
}

async function fillAccount(hubspot: SandboxUnderTest, contact: string): Promise<void> {
  const types = [{ associationCategory: 'HUBSPOT_DEFINED' as never, associationTypeId: 3 }];
  const deal = { dealname: 'Example', dealstage: 'asked', pipeline: 'renewals' };
  const pipelines = [{ id: 'renewals', stages: [{ id: 'asked' }] }];
  await hubspot.admin('PUT', '/hubspot/pipelines', pipelines);
  await hubspot.deals.basicApi.create({ properties: deal, associations: [{ to: { id: contact }, types }] });
  await hubspot.admin('PUT', '/hubspot/owners/50010002', { archived: true });
  await hubspot.client.crm.properties.groupsApi.create('tasks', { name: 'signalbox', label: 'Signalbox' });
}

async function stateOf(hubspot: SandboxUnderTest, id: string): Promise<unknown> {
  const ours = [
    `contacts/${id}`,
    'contacts',
    'validation-rules',
    'deals',
    'deals/7700501',
    'owners',
    'pipelines',
  ];
  const paths = [...ours.map((path) => `/hubspot/${path}`), '/effects'];
  return Promise.all(paths.map(async (path) => (await hubspot.admin('GET', path)).body));
}

describe('journal', () => {
  it('restores contacts, history, rules and counters, from events and from a compacted file', async () => {
    const dataFile = journalFile();
    const first = new SandboxUnderTest(await startSandbox({ dataFile }));
    const id = await fill(first);
    const before = await stateOf(first, id);
    await first.sandbox.close();
    const second = new SandboxUnderTest(await startSandbox({ dataFile }));
    expect(await stateOf(second, id)).toEqual(before);
    await second.sandbox.close();
    const third = await freshSandbox({ dataFile });
    expect(await stateOf(third, id)).toEqual(before);
    expect(Number(await third.create({ email: 'next@example.com' }))).toBe(Number(id) + 2);
  });

  it('writes within moments, without being closed', async () => {
    const dataFile = journalFile();
    const hubspot = await freshSandbox({ dataFile });
    await hubspot.create({ email: 'soon@example.com' });
    await expect.poll(() => readFileSync(dataFile, 'utf8'), { interval: 10 }).toContain('soon@example.com');
  });

  it('compaction keeps one line for a contact that was written many times', async () => {
    const dataFile = journalFile();
    const first = new SandboxUnderTest(await startSandbox({ dataFile }));
    const id = await first.create({ email: 'a@example.com' });
    for (const city of ['A', 'B', 'C']) await first.contacts.basicApi.update(id, { properties: { city } });
    await first.sandbox.close();
    const mentions = () =>
      readFileSync(dataFile, 'utf8')
        .split('\n')
        .filter((line) => line.includes(`"id":"${id}"`));
    expect(mentions()).toHaveLength(4);
    await freshSandbox({ dataFile });
    expect(mentions()).toHaveLength(1);
  });

  it('leaves out a torn last line and refuses a broken one before it', async () => {
    const dataFile = journalFile();
    const first = new SandboxUnderTest(await startSandbox({ dataFile }));
    await first.create({ email: 'a@example.com' });
    await first.sandbox.close();
    appendFileSync(dataFile, '{"provider":"hubsp');
    const second = new SandboxUnderTest(await startSandbox({ dataFile }));
    expect((await second.effects()).created).toBe(1);
    await second.sandbox.close();
    appendFileSync(dataFile, 'broken\n{}\n');
    await expect(startSandbox({ dataFile })).rejects.toThrow(/line \d+ is not JSON/);
  });

  it('a reset lasts through a restart', async () => {
    const dataFile = journalFile();
    const first = new SandboxUnderTest(await startSandbox({ dataFile }));
    await fill(first);
    expect((await first.admin('POST', '/reset')).status).toBe(204);
    await first.sandbox.close();
    const second = await freshSandbox({ dataFile });
    expect((await second.admin('GET', '/hubspot/contacts')).body).toMatchObject({ total: 0 });
    expect((await second.effects()).created).toBe(0);
  });
});
