import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from '../../src/shared/database/database.js';
import { formsSecret, testApplication, type TestApplication } from '../support/application.js';

let app: TestApplication;
beforeAll(async () => {
  // Only the gateway: no worker's statements are counted with its own.
  app = await testApplication({ SIGNALBOX_ROLES: 'gateway' });
});
afterAll(() => app.close());

async function accept(id: string): Promise<number> {
  const at = new Date();
  const data = { email: `${id}@example.com` };
  const body = JSON.stringify({ type: 'form.submitted', timestamp: at.toISOString(), data });
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': `${Math.floor(at.getTime() / 1000)}`,
    'webhook-signature': new Webhook(formsSecret).sign(id, at, body),
  };
  return (await fetch(`${app.url}/webhooks/forms/contact`, { method: 'POST', headers, body })).status;
}

async function costOf(prefix: string, count: number): Promise<{ statements: number; commits: number }> {
  const { counts } = app.app.get(Database);
  const before = { ...counts };
  const statuses = await Promise.all(Array.from({ length: count }, (_, i) => accept(`${prefix}-${i}`)));
  expect(new Set(statuses)).toEqual(new Set([202]));
  return { statements: counts.statements - before.statements, commits: counts.commits - before.commits };
}

it('an accepted event alone is one commit of seven statements; many at once share both', async () => {
  await costOf('warm', 8);
  const alone: { statements: number; commits: number }[] = [];
  for (let n = 0; n < 5; n += 1) alone.push(await costOf(`one-${n}`, 1));
  // Forms and secrets are read again every few seconds: the cheapest of five has met none of it.
  alone.sort((a, b) => a.statements - b.statements);
  expect(alone[0]).toEqual({ statements: 7, commits: 1 });
  const many = await costOf('many', 100);
  expect(many.commits / 100).toBeLessThanOrEqual(0.5);
  expect(many.statements / 100).toBeLessThanOrEqual(3.5);
});
