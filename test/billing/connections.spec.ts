import { describe, expect, it } from 'vitest';
import { withBilling } from './support.js';

const billing = withBilling({ XERO_WEBHOOK_KEY: 'bm90LWEtcmVhbC1rZXk=' });

interface Checked {
  ok: boolean;
  checks: { name: string; ok: boolean; detail: string; remedy?: string }[];
}

async function check(provider: string): Promise<Checked> {
  const answer = await billing.call('POST', `/admin/v1/connections/${provider}/check`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Checked;
}

const states = ({ checks }: Checked) => Object.fromEntries(checks.map(({ name, ok }) => [name, ok]));

describe('the connection of Xero', () => {
  it('says what to do there, with the addresses of this installation', async () => {
    const answer = await billing.call('GET', '/admin/v1/connections/xero');
    const { steps, url } = (await answer.json()) as { steps: string[]; url: string };
    expect(url).toBe('https://hooks.example.com/webhooks/xero');
    const text = steps.join('\n');
    for (const part of [url, 'https://hooks.example.com/oauth/xero/callback', 'accounting.invoices.read'])
      expect(text).toContain(part);
    expect(text).not.toContain('{url}');
  });

  it('is right when app, credentials, organisation and webhook are', async () => {
    const checked = await check('xero');
    expect(states(checked)).toEqual({
      app: true,
      credentials: true,
      organisation: true,
      'webhook key': true,
    });
    expect(checked.ok).toBe(true);
    expect(checked.checks.map(({ detail }) => detail).join(' ')).toContain('Sandbox Ltd');
    expect(JSON.stringify(checked)).not.toContain('sandbox-xero-secret');
  });

  it.each([
    ['token', 'invalid-grant', { credentials: false, organisation: false }],
    ['Organisation', '403', { credentials: true, organisation: false }],
  ])('tells apart what is wrong: %s answers %s', async (path, kind, expected) => {
    await billing.xero.fault({ match: { path }, kind });
    const checked = await check('xero');
    expect(states(checked)).toMatchObject({ app: true, ...expected });
    expect(checked.ok).toBe(false);
    for (const { ok, remedy } of checked.checks) expect(ok).toBe(remedy === undefined);
  });
});

describe('the connection of Stripe', () => {
  it('names what is missing', async () => {
    const checked = await check('stripe');
    expect(states(checked)).toEqual({ invoices: true, account: true, 'webhook secret': false });
    expect(checked.checks[0]?.detail).toContain('test mode');
    expect(JSON.stringify(checked)).not.toContain('sk_test_sandbox');
  });

  it('a key that may not read invoices is told apart from one that is refused', async () => {
    await billing.stripe.fault({ match: { path: 'invoices' }, kind: '403' });
    expect(states(await check('stripe'))).toMatchObject({ invoices: false, account: true });
  });
});
