import { describe, expect, it } from 'vitest';
import { webhookUrl, withHelpdesk } from './support.js';

const helpdesk = withHelpdesk();

interface Checked {
  ok: boolean;
  checks: { name: string; ok: boolean; detail: string; remedy?: string }[];
}

const check = async () => (await helpdesk.call('POST', '/admin/v1/connections/zendesk/check')) as Checked;
const states = ({ checks }: Checked) => Object.fromEntries(checks.map(({ name, ok }) => [name, ok]));
const webhook = (more: object = {}) =>
  helpdesk.sandbox.admin('PUT', '/zendesk/webhooks/one', { endpoint: webhookUrl, secret: 's', ...more });

describe('the connection of Zendesk', () => {
  it('says what to do there, with the address of this installation', async () => {
    const { steps, url } = (await helpdesk.call('GET', '/admin/v1/connections/zendesk')) as {
      steps: string[];
      url: string;
    };
    expect(url).toBe(webhookUrl);
    expect(steps.join('\n')).toContain(webhookUrl);
    expect(steps.join('\n')).not.toContain('{url}');
  });

  it('is right when client, scope, role, webhook and secret are; it only reads', async () => {
    await webhook();
    const checked = await check();
    expect(states(checked)).toEqual({
      ...{ credentials: true, 'scope read': true, 'role admin': true, webhook: true, 'webhook secret': true },
    });
    expect(checked.ok).toBe(true);
    expect(JSON.stringify(checked)).not.toContain('sandbox-zendesk-secret');
    expect(new Set(await helpdesk.sandbox.paths('zendesk')).size).toBeGreaterThan(1);
  });

  it('names what is missing there', async () => {
    expect(states(await check())).toMatchObject({ 'scope read': true, webhook: false });
    await webhook({ status: 'inactive' });
    expect((await check()).checks.find(({ name }) => name === 'webhook')?.detail).toContain('switched off');
    await webhook({ subscriptions: ['zen:event-type:user.created'] });
    expect((await check()).checks.find(({ name }) => name === 'webhook')?.detail).toContain(
      'no subscription',
    );
    await webhook({ subscriptions: ['conditional_ticket_events'] });
    expect(states(await check())).toMatchObject({ webhook: true });
    await helpdesk.sandbox.admin('PUT', '/zendesk/user', { role: 'agent' });
    const checked = await check();
    expect(states(checked)).toMatchObject({ 'role admin': false, webhook: true });
    for (const { ok, remedy } of checked.checks) expect(ok).toBe(remedy === undefined);
  });
});
