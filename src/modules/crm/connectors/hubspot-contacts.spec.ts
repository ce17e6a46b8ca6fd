import { describe, expect, it } from 'vitest';
import { until } from '../../../../test/support/until.js';
import {
  admin,
  contacts,
  effects,
  enter,
  failure,
  fault,
  gates,
  names,
  paths,
  people,
  rates,
  settings,
  upsert,
  wish,
  withHubspotSandbox,
  world,
} from '../../../../test/support/hubspot-world.js';
import { connectHubspot } from './connect-hubspot.js';
import { crmContactsConformance } from './conformance.js';
import type { CodedError } from '../../../shared/kernel/coded-error.js';

withHubspotSandbox();

describe('HubspotContacts, as every adapter', () => {
  it.each(crmContactsConformance)('$name', async ({ run }) => run(world, names));
});

describe('HubspotContacts shares calls', () => {
  it('a hundred new contacts cost one read and one creation', async () => {
    const written = await Promise.all(people(100).map(upsert));
    expect(new Set(written.map(({ contactId }) => contactId)).size).toBe(100);
    expect(await paths()).toEqual(['batch/read', 'batch/create']);
  });

  it('a hundred updates cost one read, two reads of histories and an update for each of these at most', async () => {
    await Promise.all(people(100).map(upsert));
    const before = (await paths()).length;
    await Promise.all(people(100, { company: 'Example' }).map(upsert));
    const made = (await paths()).slice(before);
    expect(made.filter((path) => path === 'batch/read')).toHaveLength(3);
    expect(made.length).toBeLessThanOrEqual(5);
    expect(await effects()).toMatchObject({ created: 100, updated: 100, unchangedWrites: 0 });
  });

  it('somebody who comes twice at once is one contact and holds nobody up', async () => {
    const written = await Promise.all(
      [...people(10), wish('person3@example.com', { company: 'Example' })].map(upsert),
    );
    expect(written.map(({ action }) => action)).toEqual([
      ...written.slice(1).map(() => 'created'),
      'updated',
    ]);
    const { calls } = (await admin('GET', '/calls')) as { calls: { path: string; status: number }[] };
    const creations = calls.filter(({ path }) => path.endsWith('batch/create')).reverse();
    expect(creations.map(({ status }) => status)).toEqual([201, 409]);
    expect(await effects()).toMatchObject({ created: 10, duplicates: [] });
  });

  it('any of several secondary e-mail addresses finds the contact at the first look', async () => {
    const secondary = 'second@example.com;third@example.com';
    const contactId = await enter({ email: 'first@example.com', hs_additional_emails: secondary });
    const looks = ['second', 'third'].map((who) => contacts.look(wish(`${who}@example.com`)));
    expect(await Promise.all(looks)).toMatchObject([{ contactId }, { contactId }]);
  });

  it('the budget follows the limit that HubSpot states, search has its own', async () => {
    await contacts.check();
    await contacts.check();
    await contacts.look(wish(undefined, {}, { phone: '+15550100001' }));
    expect(rates.limits).toEqual([
      ['hubspot', 100],
      ['hubspot', 100_000],
      ['hubspot-search', 4],
    ]);
  });

  it('fifty phone numbers cost one search', async () => {
    const byPhone = (index: number) =>
      wish(undefined, {}, { phone: `+1555010${String(index).padStart(4, '0')}` });
    await Promise.all(Array.from({ length: 50 }, (_, index) => upsert(byPhone(index))));
    expect(await paths()).toEqual(['search', 'batch/create']);
  });
});

describe('HubspotContacts when the outcome is unknown', () => {
  it.each(['reset-after', 'timeout'])(
    '%s: whoever tries again finds the contacts and creates none',
    async (kind) => {
      const plans = await Promise.all(people(10).map((one) => contacts.look(one)));
      await fault({ match: { path: 'batch/create' }, times: 1, kind });
      const settled = await Promise.allSettled(plans.map((plan) => contacts.write(plan)));
      expect(settled.map((one) => one.status === 'rejected' && (one.reason as CodedError).code)).toEqual(
        settled.map(() => 'CRM.OUTCOME_UNKNOWN'),
      );
      const again = await Promise.all(people(10).map((one) => contacts.look(one)));
      expect(again.map(({ action }) => action)).toEqual(again.map(() => 'unchanged'));
      expect(await effects()).toMatchObject({ created: 10, duplicates: [] });
    },
  );

  it('a creation by phone number waits until the search can know it', async () => {
    await fault({ match: { path: 'batch/create' }, times: 1, kind: 'reset-after' });
    const error = await failure(upsert(wish(undefined, {}, { phone: '+15550100001' })));
    expect(error).toMatchObject({ code: 'CRM.OUTCOME_UNKNOWN', retryAfterMs: 30_000 });
  });
});

describe('HubspotContacts and the breaker', () => {
  it('five failures in a row stop the calls and close the lane, one success opens it', async () => {
    const { contacts } = connectHubspot(settings, rates, gates, { breakerOpenMs: 200 });
    await fault({ match: {}, times: 5, kind: '500' });
    for (let call = 0; call < 5; call += 1) await failure(contacts.check());
    const refused = await failure(contacts.check());
    expect(refused).toMatchObject({ code: 'CONNECTORS.BREAKER_OPEN', kind: 'transient' });
    expect(refused.retryAfterMs).toBeLessThanOrEqual(200);
    expect(await paths()).toHaveLength(5);
    expect(gates.closedFor('hubspot')).toBeGreaterThan(0);
    await until('the breaker lets a call through', () =>
      contacts.check().then(
        () => true,
        () => false,
      ),
    );
  });

  it('refusals and limits do not open it', async () => {
    await fault({ match: {}, times: 8, kind: '403-scopes' });
    for (let call = 0; call < 8; call += 1) {
      expect((await failure(contacts.check())).code).toBe('CRM.SCOPES_MISSING');
    }
  });
});

describe('HubspotContacts and an aborted lease', () => {
  it('an aborted look rejects at once and its neighbours are answered', async () => {
    await admin('PUT', '/hubspot/settings', { latencyMs: 300 });
    const controller = new AbortController();
    const aborted = failure(contacts.look(wish('one@example.com'), controller.signal));
    const neighbour = contacts.look(wish('two@example.com'));
    await until('the call is on its way', async () => (await paths()).length === 1);
    controller.abort(new Error('lease lost'));
    expect((await aborted).message).toBe('lease lost');
    expect((await neighbour).action).toBe('create');
    await admin('PUT', '/hubspot/settings', { latencyMs: 0 });
  });
});
