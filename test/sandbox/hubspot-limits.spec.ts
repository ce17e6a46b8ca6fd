import { describe, expect, it } from 'vitest';
import { RollingWindow } from '../../sandbox/core/rolling-window.ts';
import { failureOf, freshSandbox } from './support.ts';

describe('HubSpot limits', () => {
  it('the ten-second limit refuses the call after the last one, in the shape that clients read', async () => {
    const hubspot = await freshSandbox();
    await hubspot.admin('PUT', '/hubspot/settings', { rate: 2 });
    const first = await hubspot.call('GET', '/crm/v3/objects/contacts');
    expect(first.headers.get('x-hubspot-ratelimit-remaining')).toBe('1');
    expect(first.headers.get('x-hubspot-ratelimit-interval-milliseconds')).toBe('10000');
    expect(first.headers.get('content-type')).toBe('application/json;charset=utf-8');
    await hubspot.call('GET', '/crm/v3/objects/contacts');
    const failure = await failureOf(hubspot.create({ email: 'a@example.com' }));
    expect(failure.code).toBe(429);
    expect(failure.body).toMatchObject({ errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' });
    expect(failure.headers?.['x-hubspot-ratelimit-remaining']).toBe('0');
  });

  it('the daily limit has its own policy', async () => {
    const hubspot = await freshSandbox();
    await hubspot.admin('PUT', '/hubspot/settings', { dailyLimit: 0 });
    const { body } = await hubspot.call('GET', '/crm/v3/objects/contacts');
    expect(body).toMatchObject({ policyName: 'DAILY', errorType: 'RATE_LIMIT' });
  });

  it('the rate from the environment counts, and a setting that does not exist is refused', async () => {
    const hubspot = await freshSandbox({ env: { SANDBOX_HUBSPOT_RATE: '5000' } });
    const { headers } = await hubspot.call('GET', '/crm/v3/objects/contacts');
    expect(headers.get('x-hubspot-ratelimit-max')).toBe('5000');
    expect((await hubspot.admin('PUT', '/hubspot/settings', { ratee: 1 })).status).toBe(400);
  });

  it('a rolling window forgets what is older than it, and nothing younger', () => {
    const window = new RollingWindow(10_000);
    for (const at of [100_000, 105_000, 109_000]) window.add(at);
    expect([109_900, 110_100, 115_100, 119_100, 500_000].map((at) => window.count(at))).toEqual([
      3, 2, 1, 0, 0,
    ]);
  });
});
