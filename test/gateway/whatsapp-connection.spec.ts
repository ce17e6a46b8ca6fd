import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testApplication, type TestApplication } from '../support/application.js';
import { SandboxProcess } from '../support/sandbox-under-test.js';

const sandbox = new SandboxProcess();
let app: TestApplication;
beforeAll(async () => {
  await sandbox.start();
  app = await testApplication({
    SIGNALBOX_ROLES: 'gateway,admin',
    SIGNALBOX_FLOW_MODE: 'off',
    PUBLIC_URL: 'https://hooks.example.com',
    WHATSAPP_BASE_URL: `${sandbox.url}/whatsapp`,
    WHATSAPP_ACCESS_TOKEN: 'sandbox-whatsapp-token',
    WHATSAPP_PHONE_NUMBER_ID: '106540352242922',
    WHATSAPP_WABA_ID: '102290129340398',
    WHATSAPP_APP_SECRET: 'an-app-secret-of-meta',
    WHATSAPP_VERIFY_TOKEN: 'a-verify-token',
  });
});
afterAll(async () => {
  await app?.close();
  await sandbox.stop();
});
beforeEach(async () => void (await sandbox.admin('POST', '/reset')));

interface Checked {
  ok: boolean;
  checks: { name: string; ok: boolean; detail: string; remedy?: string }[];
}

async function call<T>(method: string, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${app.adminKey}` };
  return (await (await fetch(`${app.url}${path}`, { method, headers })).json()) as T;
}
const check = () => call<Checked>('POST', '/admin/v1/connections/whatsapp/check');
const wrong = ({ checks }: Checked) => checks.filter(({ ok }) => !ok).map(({ name }) => name);

describe('the connection of WhatsApp', () => {
  it('says what to paste at Meta, and no secret', async () => {
    const shown = await call<{ steps: string[]; url: string }>('GET', '/admin/v1/connections/whatsapp');
    expect(shown.url).toBe('https://hooks.example.com/webhooks/whatsapp');
    expect(shown.steps.join('\n')).toContain(shown.url);
    expect(JSON.stringify(shown)).not.toContain('a-verify-token');
  });

  it('is right when token, scopes, number, subscription and secrets are', async () => {
    const checked = await check();
    expect(checked.checks.map(({ name, ok }) => [name, ok])).toEqual(
      ['token', 'scopes', 'phone number', 'subscription', 'app secret', 'verify token'].map((name) => [
        name,
        true,
      ]),
    );
    expect(checked.ok).toBe(true);
    expect(JSON.stringify(checked)).not.toMatch(/sandbox-whatsapp-token|an-app-secret|a-verify-token/);
  });

  it('tells apart what is wrong', async () => {
    await sandbox.admin('PUT', '/whatsapp/state', { isSubscribed: false });
    expect(wrong(await check())).toEqual(['subscription']);
    await sandbox.admin('PUT', '/whatsapp/state', { scopes: ['whatsapp_business_messaging'] });
    expect(wrong(await check())).toEqual(['scopes', 'subscription']);
    await sandbox.admin('POST', '/reset');
    const match = { path: '106540352242922' };
    for (const kind of ['403', '502-html', 'reset-before']) {
      await sandbox.admin('POST', '/whatsapp/faults', [{ match, kind, times: 1 }]);
      expect(wrong(await check()), kind).toEqual(['phone number']);
    }
    await sandbox.admin('POST', '/whatsapp/faults', [
      { match: { path: 'debug_token' }, kind: '401', times: 1 },
    ]);
    const refused = await check();
    expect(wrong(refused)).toEqual(['token']);
    expect(refused.checks.find(({ ok }) => !ok)?.detail).toBe('Meta refused the call (401, code 190).');
    for (const { ok, remedy } of refused.checks) expect(ok).toBe(remedy === undefined);
  });
});
