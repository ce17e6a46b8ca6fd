import { afterAll, beforeAll, expect, it } from 'vitest';
import { testApplication, type TestApplication } from '../support/application.js';

let app: TestApplication;
beforeAll(async () => {
  app = await testApplication({ SIGNALBOX_ROLES: 'gateway' });
});
afterAll(() => app.close());

it('a process answers only for its roles, and always for its health', async () => {
  const status = async (path: string, method = 'GET'): Promise<number> =>
    (await fetch(`${app.url}${path}`, { method })).status;
  expect(await status('/webhooks/forms/contact', 'POST')).not.toBe(404);
  expect(await status('/admin/v1/api-keys')).toBe(404);
  expect(await status('/docs/openapi.json')).toBe(404);
  expect(await status('/health/live')).toBe(200);
});
