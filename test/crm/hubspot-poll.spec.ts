import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PollRows } from '../../src/modules/intake/persistence/poll-rows.js';
import { RunPolls } from '../../src/modules/intake/use-cases/run-polls.js';
import { Polls } from '../../src/shared/connectors/polls.js';
import { clientSecret, HubspotApp } from './support.js';

const hubspot = new HubspotApp();
beforeAll(() => hubspot.start());
afterAll(() => hubspot.stop());
beforeEach(() => hubspot.reset());

const changed = 'intake.deal-changed.v1';
const page = (cursor: string | undefined, now = new Date()) =>
  hubspot.get(Polls).get('hubspot-deals')!.page(cursor, now, new AbortController().signal);

interface Told {
  objectId: string;
  propertyName: string;
  propertyValue: string;
  occurredAt: number;
}

async function all(from: string) {
  const told: Told[] = [];
  let cursor = from;
  for (let more = true; more;) {
    const next = await page(cursor);
    for (const body of next.bodies) told.push(...(JSON.parse(body.toString()) as Told[]));
    expect(next.more && next.cursor === cursor).toBe(false);
    ({ cursor, more } = next);
  }
  return { told, cursor };
}
const since = (at: number) => `${at}|${at}|0`;
const stages = (told: readonly Told[]) => told.filter(({ propertyName }) => propertyName === 'dealstage');

/** One round of the poll as the product runs it. */
async function run(): Promise<void> {
  await hubspot.get(PollRows).install([{ name: 'hubspot-deals', everySeconds: 120 }]);
  await hubspot.app.db.database.query(
    `update intake.polls set enabled = true, next_at = now(), cursor = coalesce(cursor, $1) where name = $2`,
    [since(Date.now() - 60_000), 'hubspot-deals'],
  );
  await hubspot.get(RunPolls).runDue();
  const [row] = (await hubspot.get(PollRows).list()).filter(({ name }) => name === 'hubspot-deals');
  expect(row).toMatchObject({ lastError: null, failures: 0 });
}

describe('the poll of HubSpot’s deals', () => {
  it('begins now, and tells nothing of the past', async () => {
    await hubspot.enter({ dealstage: 'qualifiedtobuy' });
    const now = new Date('2026-11-20T12:00:00.750Z');
    const start = now.getTime();
    expect(await page(undefined, now)).toEqual({ bodies: [], cursor: since(start), more: false });
    expect(await page('nonsense', now)).toEqual({ bodies: [], cursor: since(start), more: false });
    expect(await hubspot.sandbox.paths('hubspot')).toEqual([]);
  });

  it('tells of a property that did not change meanwhile nothing, though the deal did', async () => {
    const id = await hubspot.enter({ dealstage: 'qualifiedtobuy', amount: '5' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const from = Date.now();
    await hubspot.change(id, { amount: '6' });
    const { told } = await all(since(from));
    expect(told.map(({ propertyName, propertyValue }) => [propertyName, propertyValue])).toEqual([
      ['amount', '6'],
    ]);
  });

  it('goes on from what it has told, however many changed', async () => {
    const from = Date.now();
    const made: string[] = [];
    for (let place = 0; place < 130; place += 1)
      made.push(await hubspot.enter({ dealstage: 'qualifiedtobuy' }));
    const first = await all(since(from));
    expect([...new Set(first.told.map(({ objectId }) => objectId))].sort()).toEqual(made.toSorted());
    await hubspot.change(made[0] ?? '', { dealstage: 'closedwon' });
    const second = stages((await all(first.cursor)).told).filter(({ objectId }) => objectId === made[0]);
    expect(second.at(-1)).toMatchObject({ propertyValue: 'closedwon' });
  });

  it('looks again at the last minute, since the index learns of changes in another order', async () => {
    await hubspot.enter({ dealstage: 'qualifiedtobuy' });
    const { cursor } = await all(since(Date.now() - 300_000));
    const [floor, from] = cursor.split('|').map(Number);
    expect(floor).toBe(from);
    expect(Date.now() - (from ?? 0)).toBeGreaterThanOrEqual(60_000);
    expect(Date.now() - (from ?? 0)).toBeLessThan(120_000);
  });

  it('finds what the index learned late', async () => {
    const from = Date.now();
    await hubspot.enter({ dealstage: 'qualifiedtobuy' });
    const first = await all(since(from));
    await hubspot.sandbox.admin('PUT', '/hubspot/settings', { indexLagMs: 60_000 });
    const late = await hubspot.enter({ dealstage: 'closedwon' });
    const second = await all(first.cursor);
    expect(stages(second.told).map(({ objectId }) => objectId)).not.toContain(late);
    await hubspot.sandbox.admin('PUT', '/hubspot/settings', { indexLagMs: 0 });
    expect(stages((await all(second.cursor)).told).map(({ objectId }) => objectId)).toContain(late);
  });

  it('and the webhook are one: what was pushed too is told once, whichever comes first', async () => {
    const url = `${hubspot.app.url}/webhooks/hubspot`;
    const signedUrl = 'https://hooks.example.com/webhooks/hubspot';
    await hubspot.sandbox.admin('PUT', '/hubspot/webhooks', {
      ...{ url, signedUrl, secret: clientSecret, gatherMs: 1, types: ['deal.propertyChange.dealstage'] },
    });
    const id = await hubspot.enter({ dealstage: 'qualifiedtobuy' });
    await expect.poll(async () => (await hubspot.events(changed)).length).toBe(1);
    await run();
    const told = async () =>
      (await hubspot.events(changed))
        .filter(({ property }) => property === 'dealstage')
        .map(({ value }) => value);
    expect(await told()).toEqual(['qualifiedtobuy']);

    await hubspot.sandbox.admin('DELETE', '/hubspot/webhooks');
    await hubspot.change(id, { dealstage: 'closedwon' });
    await run();
    expect(await told()).toEqual(['qualifiedtobuy', 'closedwon']);
    await run();
    expect(await told()).toHaveLength(2);
  });

  it('knows which changes are our own', async () => {
    const id = await hubspot.enter({ dealstage: 'qualifiedtobuy' });
    await run();
    await fetch(`${hubspot.sandbox.url}/hubspot/crm/v3/objects/deals/${id}`, {
      method: 'PATCH',
      headers: { authorization: 'Bearer sandbox-hubspot-token', 'content-type': 'application/json' },
      body: JSON.stringify({ properties: { dealstage: 'closedwon' } }),
    });
    await run();
    const told = (await hubspot.events(changed)).filter(({ property }) => property === 'dealstage');
    expect(told.map(({ value, isOwn }) => [value, isOwn])).toEqual([
      ['qualifiedtobuy', undefined],
      ['closedwon', true],
    ]);
  });
});
