import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { withSandbox } from '../../../../test/support/sandbox-under-test.js';
import { XeroWorld } from '../../../../test/support/xero-world.js';
import type { CodedError } from '../../../shared/kernel/coded-error.js';
import type { Grant } from '../persistence/oauth-grants.js';

const sandbox = withSandbox();
let db: TestDatabase;
let world: XeroWorld;
beforeAll(async () => (db = await testDatabase()));
afterAll(() => db.close());
beforeEach(async () => {
  await db.database.query(`delete from billing.oauth_grants`);
  world = new XeroWorld(sandbox, db);
});

const id = { provider: 'xero', clientId: 'sandbox-xero-client' } as const;

const failure = (work: Promise<unknown>): Promise<CodedError> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: CodedError) => error,
  );

const tokenCalls = async () =>
  (await sandbox.paths('xero')).filter((path) => path === '/connect/token').length;

/** A person authorises the app; the access token that comes of it has ended already. */
async function authorise(): Promise<Grant> {
  const redirect = 'https://app.example.com/oauth/xero/callback';
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: id.clientId, redirect_uri: redirect, state: 's' },
    scope: 'offline_access accounting.invoices.read',
  }).toString();
  const answer = await fetch(`${world.settings.authorizeUrl}?${query}`, { redirect: 'manual' });
  const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
  const tokens = await world.xero.oauth.byCode(code, '', redirect);
  const expiresAt = new Date(world.now.getTime() - 1_000);
  return world.grants.renew(id, world.now, async () => ({ ...tokens, expiresAt, authorisedBy: 'key:test' }));
}

const stored = async () => (await world.grants.read(id))!;

describe('XeroTokens of a custom connection', () => {
  it('are asked for once by all processes, and again shortly before they end', async () => {
    const processes = [world.xero, world.connect(), world.connect()];
    const all = processes.flatMap((one) => Array.from({ length: 5 }, () => one.tokens.current()));
    const tokens = new Set((await Promise.all(all)).map(({ accessToken }) => accessToken));
    expect([tokens.size, await tokenCalls()]).toEqual([1, 1]);
    world.now = new Date(world.now.getTime() + 27 * 60_000);
    await world.xero.tokens.current();
    expect(await tokenCalls()).toBe(1);
    world.now = new Date(world.now.getTime() + 2 * 60_000);
    await world.xero.tokens.current();
    expect(await tokenCalls()).toBe(2);
  });

  it('find their organisation, and remember it', async () => {
    const { tenantId } = await world.xero.tokens.current();
    expect(tenantId).toBe('10000000-0000-4000-8000-000000000001');
    await world.connect().tokens.current();
    expect((await sandbox.paths('xero')).filter((path) => path === '/connections')).toHaveLength(1);
    expect(await world.grants.state(id)).toMatchObject({ tenantId, hasRefresh: false, authorisedBy: null });
  });

  it('are sealed where they are stored', async () => {
    const { accessToken } = await world.xero.tokens.current();
    const [row] = await db.database.query<{ tokens: Buffer }>(`select tokens from billing.oauth_grants`);
    expect(row?.tokens.length).toBeGreaterThan(100);
    expect(row?.tokens.includes(accessToken.slice(0, 20))).toBe(false);
    expect((await stored()).accessToken).toBe(accessToken);
  });

  it.each([
    [{ clientSecret: async () => 'wrong' }, 'BILLING.CREDENTIALS_REFUSED', 1],
    [{ clientSecret: async () => undefined }, 'BILLING.NOT_CONNECTED', 0],
    [{ clientId: undefined }, 'BILLING.NOT_CONNECTED', 0],
  ])('without valid credentials (%j) nothing is called', async (settings, code, calls) => {
    world = new XeroWorld(sandbox, db, settings);
    expect((await failure(world.xero.api.organisation())).code).toBe(code);
    expect((await sandbox.paths('xero')).length).toBe(calls);
  });

  it('of another app are not used', async () => {
    await world.xero.tokens.current();
    const other = new XeroWorld(sandbox, db, { clientId: 'another-app' });
    expect((await failure(other.xero.api.organisation())).code).toBe('BILLING.CREDENTIALS_REFUSED');
  });
});

describe('XeroTokens that somebody authorised', () => {
  it('are refreshed once, however many processes and calls need one', async () => {
    const { refreshToken } = await authorise();
    const processes = [world.xero, world.connect(), world.connect(), world.connect()];
    const all = processes.flatMap((one) => Array.from({ length: 10 }, () => one.tokens.current()));
    const tokens = new Set((await Promise.all(all)).map(({ accessToken }) => accessToken));
    expect(tokens.size).toBe(1);
    expect(await world.admin('GET', '/grants')).toMatchObject({ total: 2, used: 1 });
    expect((await stored()).refreshToken).not.toBe(refreshToken);
    expect(await world.grants.state(id)).toMatchObject({ authorisedBy: 'key:test', hasRefresh: true });
    await world.xero.api.organisation();
  });

  it('go on after a process died between the refresh and the commit: the old one has its grace', async () => {
    const { refreshToken = '' } = await authorise();
    const lost = world.grants.renew(id, world.now, async () => {
      await world.xero.oauth.byRefresh(refreshToken);
      throw new Error('the process died');
    });
    await expect(lost).rejects.toThrow('the process died');
    expect((await stored()).refreshToken).toBe(refreshToken);
    await world.xero.tokens.current();
    expect((await stored()).refreshToken).not.toBe(refreshToken);
  });

  it('are stored before they are used: an organisation that cannot be asked for loses none', async () => {
    const { refreshToken } = await authorise();
    await world.fault({ match: { path: 'connections' }, times: 1, kind: '500' });
    expect((await failure(world.xero.api.organisation())).code).toBe('BILLING.UNAVAILABLE');
    expect((await stored()).refreshToken).not.toBe(refreshToken);
    await world.xero.api.organisation();
    expect(await world.admin('GET', '/grants')).toMatchObject({ total: 2, used: 1 });
  });

  it('that Xero does not know wait for a person, and are kept', async () => {
    const { refreshToken } = await authorise();
    await world.fault({ match: { path: 'token' }, kind: 'invalid-grant' });
    const error = await failure(world.xero.api.organisation());
    expect(error).toMatchObject({
      code: 'BILLING.CREDENTIALS_REFUSED',
      details: { reason: 'invalid_grant' },
    });
    expect((await stored()).refreshToken).toBe(refreshToken);
  });

  it('a token endpoint that is out of order is no reason to authorise anew', async () => {
    await authorise();
    await world.fault({ match: { path: 'token' }, times: 1, kind: '503-html' });
    expect((await failure(world.xero.api.organisation())).code).toBe('BILLING.UNAVAILABLE');
    await world.xero.api.organisation();
  });

  it('for several organisations wait until one is named', async () => {
    const second = await world.admin('POST', '/organisations', { name: 'Second Ltd' });
    await authorise();
    expect(await failure(world.xero.tokens.current())).toMatchObject({
      code: 'BILLING.NOT_CONNECTED',
      message: expect.stringContaining('XERO_TENANT_ID') as string,
    });
    const named = new XeroWorld(sandbox, db, { tenantId: String(second['tenantId']) });
    expect((await named.xero.tokens.current()).tenantId).toBe(second['tenantId']);
    await named.xero.api.organisation();
  });
});
