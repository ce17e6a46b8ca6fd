import { describe, expect, it } from 'vitest';
import { InvoiceSources } from '../../src/modules/billing/connectors/invoice-sources.js';
import { OauthStates } from '../../src/modules/billing/persistence/oauth-states.js';
import { AuthorizeXero } from '../../src/modules/billing/use-cases/authorize-xero.js';
import { withBilling } from './support.js';

const billing = withBilling();
const query = <Row>(sql: string) => billing.app.db.database.query<Row>(sql);

interface Problem {
  code: string;
  details?: Record<string, unknown>;
}

async function start(): Promise<string> {
  const answer = await billing.call('POST', '/oauth/xero/start');
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { url: string }).url;
}

/** The person consents; Xero sends the browser back to an address of ours, whose query this is. */
async function consent(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual' });
  const back = new URL(answer.headers.get('location') ?? '');
  expect(back.origin + back.pathname).toBe('https://hooks.example.com/oauth/xero/callback');
  return back.search;
}

/** As a browser: without a key. */
const comeBack = (search: string) => fetch(`${billing.app.url}/oauth/xero/callback${search}`);

async function problem(answer: Response): Promise<[number, string]> {
  return [answer.status, ((await answer.json()) as Problem).code];
}

describe('connecting Xero by authorization code', () => {
  it('needs a key that may configure connectors', async () => {
    expect((await billing.call('POST', '/oauth/xero/start', undefined, 'sbx_no_key')).status).toBe(401);
    expect((await fetch(`${billing.app.url}/oauth/xero/start`, { method: 'POST' })).status).toBe(401);
  });

  it('asks for reading only, with PKCE, and connects the one organisation', async () => {
    const url = new URL(await start());
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      ...{ response_type: 'code', client_id: 'sandbox-xero-client', code_challenge_method: 'S256' },
      scope: 'offline_access accounting.invoices.read accounting.contacts.read accounting.settings.read',
    });
    const answer = await comeBack(await consent(url.toString()));
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(await answer.json()).toMatchObject({
      message: 'Xero is connected: Sandbox Ltd. This page can be closed.',
      organisation: { id: '10000000-0000-4000-8000-000000000001', name: 'Sandbox Ltd' },
    });
    const source = await billing.get(InvoiceSources).of('xero');
    expect(await source.openOfCustomer(billing.xero.unknownId)).toEqual([]);
    const tokens = (await billing.sandbox.paths('xero')).filter((path) => path === '/connect/token');
    expect(tokens).toHaveLength(1);
    const [entry] = await query<{ actor: string; subject: string }>(
      `select actor, subject from audit.entries where action = 'connectors.authorised' order by id desc limit 1`,
    );
    expect(entry).toEqual({ actor: `key:${'a'.repeat(12)}`, subject: 'connection:xero' });
  });

  it('takes each state once', async () => {
    const search = await consent(await start());
    expect((await comeBack(search)).status).toBe(200);
    expect(await problem(await comeBack(search))).toEqual([400, 'BILLING.STATE_INVALID']);
    expect(await query(`select from billing.oauth_states`)).toEqual([]);
  });

  it('takes none after ten minutes, and none that it has not given out', async () => {
    const xero = billing.get(AuthorizeXero);
    const now = new Date();
    const { url } = await xero.start('key:test', now);
    const state = new URL(url).searchParams.get('state') ?? '';
    const [id = '', signature = ''] = state.split('.');
    const forged = `${id.replace(/.$/, (last) => (last === '0' ? '1' : '0'))}.${signature}`;
    for (const wrong of ['', 'x', id, forged, `${id}.${'A'.repeat(43)}`])
      await expect(xero.finish({ state: wrong, code: 'c' }, now)).rejects.toThrow(/state/);
    const late = new Date(now.getTime() + 600_000);
    await expect(xero.finish({ state, code: 'c' }, late)).rejects.toMatchObject({
      code: 'BILLING.STATE_INVALID',
    });
    expect(await billing.sandbox.paths('xero')).toEqual([]);
  });

  it('forgets states that nobody came back with, and their keys', async () => {
    const states = billing.get(OauthStates);
    await states.begin('xero', 'key:test', new Date('2026-11-20T12:00:00Z'));
    const keys = () => query<{ n: number }>(`select count(*)::int as n from crypto.data_keys`);
    const [before] = await keys();
    await states.begin('xero', 'key:test', new Date('2026-11-20T12:10:01Z'));
    expect(await query(`select from billing.oauth_states`)).toHaveLength(1);
    expect((await keys())[0]).toEqual(before);
  });

  it('a code without its verifier, or one that Xero does not know, connects nothing', async () => {
    const [first, second] = [await consent(await start()), await consent(await start())];
    const swapped = new URLSearchParams(first);
    swapped.set('code', new URLSearchParams(second).get('code') ?? '');
    expect(await problem(await comeBack(`?${swapped.toString()}`))).toEqual([
      422,
      'BILLING.AUTHORIZATION_REFUSED',
    ]);
    expect(await query(`select from billing.oauth_grants where tokens is not null`)).toEqual([]);
  });

  it('who says no is told so', async () => {
    const state = new URL(await start()).searchParams.get('state') ?? '';
    const answer = await comeBack(`?${new URLSearchParams({ error: 'access_denied', state }).toString()}`);
    expect([answer.status, (await answer.json()) as Problem]).toMatchObject([
      422,
      { code: 'BILLING.AUTHORIZATION_REFUSED', details: { reason: 'access_denied' } },
    ]);
  });

  it('of several organisations none is read until one is named', async () => {
    await billing.xero.admin('POST', '/organisations', { name: 'Second Ltd' });
    const answer = await comeBack(await consent(await start()));
    expect(await answer.json()).toMatchObject({
      message: expect.stringContaining('XERO_TENANT_ID') as string,
      organisation: null,
      authorised: [{ name: 'Sandbox Ltd' }, { name: 'Second Ltd' }],
    });
  });

  it('Xero out of order at that moment is no defect', async () => {
    const search = await consent(await start());
    await billing.xero.fault({ match: { path: 'token' }, times: 1, kind: '503-html' });
    expect(await problem(await comeBack(search))).toEqual([503, 'BILLING.UNAVAILABLE']);
  });
});
