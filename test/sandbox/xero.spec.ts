import { createServer } from 'node:http';
import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { at, freshSandbox } from './support.ts';
import { XeroUnderTest, tenant } from './xero-client.ts';

const fresh = async (): Promise<XeroUnderTest> => new XeroUnderTest(await freshSandbox()).login();

describe('Xero’s tokens', () => {
  it('last as long as they say, and are refused after that', async () => {
    const xero = await fresh();
    expect((await xero.call('GET', '/Organisation')).status).toBe(200);
    await xero.admin('PUT', '/settings', { tokenSeconds: 0 });
    await xero.login();
    const refused = await xero.call('GET', '/Organisation');
    expect(refused).toMatchObject({ status: 401, body: { Title: 'Unauthorized' } });
    expect(String(at(refused.body, 'Detail'))).toMatch(/^TokenExpired/);
  });

  it('of a custom connection have no refresh token; a wrong secret gets none at all', async () => {
    const xero = await fresh();
    const { body } = await xero.form({ grant_type: 'client_credentials' });
    expect(body).toMatchObject({ expires_in: 1800, token_type: 'Bearer' });
    expect(body).not.toHaveProperty('refresh_token');
    const wrong = await xero.form(
      { grant_type: 'client_credentials' },
      Buffer.from('a:b').toString('base64'),
    );
    expect(wrong).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('rotate: a refresh token gives a new one, and is taken again within its grace only', async () => {
    const xero = await fresh();
    const first = await xero.authorize();
    const refresh = (token = '') => xero.form({ grant_type: 'refresh_token', refresh_token: token });
    const second = await refresh(first['refresh_token']);
    expect(at(second.body, 'refresh_token')).not.toBe(first['refresh_token']);
    expect((await refresh(first['refresh_token'])).status).toBe(200);
    await xero.admin('PUT', '/settings', { graceSeconds: 0 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await refresh(first['refresh_token'])).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect((await refresh(String(at(second.body, 'refresh_token')))).status).toBe(200);
  });

  it('open the organisations that were authorised, and no other', async () => {
    const xero = await fresh();
    await xero.admin('POST', '/organisations', { name: 'Second Ltd' });
    expect((await xero.call('GET', '/connections')).body).toHaveLength(1);
    xero.token = (await xero.authorize())['access_token'] ?? '';
    expect((await xero.call('GET', '/connections')).body).toHaveLength(2);
    expect((await xero.call('GET', '/Organisation')).status).toBe(403);
    expect((await xero.call('GET', '/Organisation', undefined, { 'xero-tenant-id': tenant })).status).toBe(
      200,
    );
    const wrong = { 'xero-tenant-id': '00000000-0000-4000-8000-000000000009' };
    expect(await xero.call('GET', '/Organisation', undefined, wrong)).toMatchObject({
      status: 403,
      body: { Detail: 'AuthenticationUnsuccessful' },
    });
  });
});

describe('Xero’s limits', () => {
  it('by the minute and by the day are told in headers, and refuse with an empty body', async () => {
    const xero = await fresh();
    await xero.admin('PUT', '/settings', { minuteLimit: 1, dayLimit: 2 });
    const first = await xero.call('GET', '/Organisation');
    expect(first.headers.get('x-minlimit-remaining')).toBe('0');
    expect(first.headers.get('x-daylimit-remaining')).toBe('1');
    expect(first.headers.get('x-appminlimit-remaining')).toBe('9999');
    const refused = await xero.call('GET', '/Organisation');
    expect([refused.status, refused.body, refused.headers.get('x-rate-limit-problem')]).toEqual([
      429,
      '',
      'minute',
    ]);
    expect(refused.headers.get('retry-after')).toBe('27');
    await xero.admin('PUT', '/settings', { minuteLimit: 60, dayLimit: 1 });
    const day = await xero.call('GET', '/Organisation');
    expect(day.headers.get('x-rate-limit-problem')).toBe('day');
  });

  it('of calls at once refuse without a time to wait', async () => {
    const xero = await fresh();
    await xero.admin('PUT', '/settings', { concurrent: 1, latencyMs: 100 });
    const answers = await Promise.all([1, 2].map(() => xero.call('GET', '/Organisation')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 429]);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get('x-rate-limit-problem')).toBe('concurrent');
    expect(refused?.headers.get('retry-after')).toBeNull();
    expect((await xero.call('GET', '/Organisation')).status).toBe(200);
  });

  it('a maintenance answers a page', async () => {
    const xero = await fresh();
    await xero.admin('POST', '/faults', { kind: '503-html' });
    const answer = await xero.call('GET', '/Organisation');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
  });
});

describe('Xero’s webhooks', () => {
  async function receiver(status = 200) {
    const got: { signature: string; body: string }[] = [];
    const key = 'bm90LWEtcmVhbC1rZXk=';
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const signature = String(request.headers['x-xero-signature']);
        const fits = signature === createHmac('sha256', key).update(body).digest('base64');
        got.push({ signature, body });
        response.writeHead(fits ? status : 401).end();
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => void server.close());
    return { got, key, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
  }

  it('are sent when something changes, signed with the key as text, and numbered', async () => {
    const xero = await fresh();
    const { got, key, url } = await receiver();
    await xero.admin('PUT', '/webhook', { url, key });
    const id = await xero.enter();
    await expect.poll(() => got.length).toBe(2);
    const events = got.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    const about = events.find((one) => at(one, 'events.0.eventCategory') === 'INVOICE');
    expect(at(about, 'events.0')).toMatchObject({ resourceId: id, tenantId: tenant, eventType: 'CREATE' });
    expect(String(at(about, 'events.0.eventDateUtc'))).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+$/);
    expect(events.map((one) => one['lastEventSequence']).sort()).toEqual([1, 2]);
    const asked = await xero.admin('POST', '/webhook/send', { invoice: id });
    expect(asked.body).toMatchObject({ status: 200, body: '' });
  });

  it('try an address before they trust it', async () => {
    const xero = await fresh();
    const good = await receiver();
    expect((await xero.admin('POST', '/webhook/intent-to-receive', good)).body).toMatchObject({ ok: true });
    const wrong = await receiver(202);
    expect((await xero.admin('POST', '/webhook/intent-to-receive', wrong)).body).toMatchObject({ ok: false });
  });
});
