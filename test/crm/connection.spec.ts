import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HubspotApp } from './support.js';

const hubspot = new HubspotApp();
beforeAll(() => hubspot.start());
afterAll(() => hubspot.stop());
beforeEach(() => hubspot.reset());

interface Checked {
  ok: boolean;
  missing: { name: string }[];
  checks: { name: string; ok: boolean; detail: string; remedy?: string }[];
}

const check = async () => (await hubspot.call('POST', '/admin/v1/connections/hubspot/check')) as Checked;
const states = ({ checks }: Checked) => Object.fromEntries(checks.map(({ name, ok }) => [name, ok]));

describe('the connection of HubSpot', () => {
  it('names what is missing in the account, creates it once, and is right then', async () => {
    const before = await check();
    expect(states(before)).toEqual({
      ...{ credentials: true, scopes: true, owners: true, properties: true, 'client secret': true },
    });
    expect(before.missing.map(({ name }) => name)).toContain('task property signalbox_ref');
    const asked = await hubspot.call('POST', '/admin/v1/connections/hubspot/create', {});
    expect(asked).toMatchObject({ status: 409 });
    const created = await hubspot.call('POST', '/admin/v1/connections/hubspot/create', { confirm: true });
    expect(JSON.stringify(created)).toContain('task property signalbox_ref');
    expect(await check()).toMatchObject({ ok: true, missing: [] });
    const again = await hubspot.call('POST', '/admin/v1/connections/hubspot/create', { confirm: true });
    expect(JSON.stringify(again)).not.toContain('signalbox_ref');
  });

  it('names each scope that the app lacks', async () => {
    await hubspot.sandbox.admin('PUT', '/hubspot/scopes', [
      'crm.objects.deals.read',
      'crm.objects.contacts.read',
    ]);
    const checked = await check();
    expect(states(checked)).toMatchObject({ 'scope crm.objects.deals.write': false, owners: false });
    expect(states(checked)).not.toHaveProperty('scope crm.objects.deals.read');
    for (const { ok, remedy } of checked.checks) expect(ok).toBe(remedy === undefined);
    expect(JSON.stringify(checked)).not.toContain('sandbox-hubspot-token');
  });

  it('with a token that is refused says so, and asks no more', async () => {
    await hubspot.sandbox.admin('POST', '/hubspot/faults', [
      { match: { path: 'account-info' }, kind: '401' },
    ]);
    expect(states(await check())).toEqual({ credentials: false, 'client secret': true });
  });

  it('an app that HubSpot tells nothing of is no fault', async () => {
    await hubspot.sandbox.admin('POST', '/hubspot/faults', [
      { match: { path: 'access-token-info' }, kind: '403-scopes' },
    ]);
    expect(states(await check())).toMatchObject({ scopes: true });
  });
});
