import { request as httpRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { at, freshSandbox, request } from './support.ts';

describe('admin routes', () => {
  it('the page shows contacts, effects, calls and faults, with every value escaped', async () => {
    const hubspot = await freshSandbox();
    await hubspot.create({ email: 'a@example.com', firstname: '<script>alert(1)</script>' });
    await hubspot.call('GET', '/crm/v3/objects/contacts/<img>');
    await hubspot.fault({ kind: '500', match: { path: '<b>' } });
    const page = await request('GET', `${hubspot.sandbox.url}/_sandbox`, undefined, { accept: 'text/html' });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.body).toContain('a@example.com');
    expect(page.body).toContain('&lt;script&gt;');
    expect(page.body).not.toMatch(/<script|<img|<b>&|<b></);
  });

  it('the JSON holds the counts and the last calls with their status', async () => {
    const hubspot = await freshSandbox();
    await hubspot.create({ email: 'a@example.com' });
    await hubspot.call('GET', '/crm/v3/objects/contacts/1');
    const { body } = await hubspot.admin('GET', '');
    expect(at(body, 'providers.hubspot.holds.contacts')).toBe(1);
    expect(at(body, 'calls.recent')).toMatchObject([
      { method: 'GET', path: '/crm/v3/objects/contacts/1', status: 404 },
      { method: 'POST', path: '/crm/v3/objects/contacts', status: 201 },
    ]);
  });

  it('finds a contact by e-mail and creates one as a person, which is no effect of ours', async () => {
    const hubspot = await freshSandbox();
    const created = await hubspot.admin('POST', '/hubspot/contacts', {
      properties: { email: 'p@example.com' },
    });
    expect(created.status).toBe(201);
    expect(at(created.body, 'propertiesWithHistory.email.0.sourceType')).toBe('CRM_UI');
    const found = await hubspot.admin('GET', '/hubspot/contacts?email=p@example.com');
    expect(at(found.body, 'results.0.id')).toBe(at(created.body, 'id'));
    expect(at((await hubspot.admin('GET', '/effects')).body, 'totals')).toEqual({
      created: 0,
      updated: 0,
      unchangedWrites: 0,
      duplicates: 0,
    });
  });

  it('answers no request that names another host or comes from another site', async () => {
    const hubspot = await freshSandbox();
    const statusWith = (headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = httpRequest(`${hubspot.sandbox.url}/_sandbox/effects`, { headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.on('error', reject).end();
      });
    expect(await statusWith({ host: 'rebound.example.com' })).toBe(403);
    expect(await statusWith({ origin: 'https://elsewhere.example.com' })).toBe(403);
    expect(await statusWith({ host: 'localhost:1' })).toBe(200);
  });

  it('reset brings everything back to the start', async () => {
    const hubspot = await freshSandbox();
    await hubspot.create({ email: 'a@example.com' });
    await hubspot.fault({ kind: '500' });
    await hubspot.admin('PUT', '/hubspot/settings', { rate: 1 });
    await hubspot.admin('POST', '/reset');
    expect((await hubspot.admin('GET', '/hubspot/settings')).body).toMatchObject({ rate: 190 });
    expect((await hubspot.admin('GET', '/hubspot/faults')).body).toEqual([]);
    expect((await hubspot.effects()).created).toBe(0);
    await hubspot.create({ email: 'a@example.com' });
  });
});
