import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { startApplication, type TestApplication } from './application.js';
import { Hooks, Things } from './sample-controllers.js';

let db: TestDatabase;
let t: TestApplication;

beforeAll(async () => {
  db = await testDatabase();
  t = await startApplication({
    database: db.database,
    controllers: [Things, Hooks],
    http: { isBehindTls: true },
  });
});
afterAll(async () => {
  await t?.close();
  await db?.close();
});

describe('documentation', () => {
  it('is OpenAPI 3.1 with bearer keys, permissions and problems', async () => {
    const answer = await t.app.inject({ method: 'GET', url: '/docs/openapi.json' });
    const document = answer.json();
    expect(document.openapi).toBe('3.1.0');
    expect(document.servers).toEqual([{ url: 'http://localhost:3000' }]);
    const create = document.paths['/admin/v1/api-keys'].post;
    expect(create['x-permission']).toEqual({ action: 'manage', subject: 'ApiKey' });
    expect(create.security).toEqual([{ apiKey: [] }]);
    expect(create.responses['403']).toEqual({ $ref: '#/components/responses/Problem403' });
    expect(create.parameters).toContainEqual(
      expect.objectContaining({ name: 'Idempotency-Key', in: 'header' }),
    );
    expect(create.requestBody.content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/CreateApiKeyDto',
    });
    expect(document.components.schemas.ApiKeyPage.properties.nextCursor.type).toEqual(['string', 'null']);
    expect(document.components.schemas.CreatedApiKeyDto.properties).toHaveProperty('createdBy');
    expect(document.paths['/webhooks/raw'].post.security).toBeUndefined();
    expect(document.paths).not.toHaveProperty('/health/live');
  });

  it('shows itself under a policy that lets its own scripts run', async () => {
    const page = await t.app.inject({ method: 'GET', url: '/docs' });
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain(`script-src 'self'`);
    expect(page.body).not.toMatch(/<script>(?!\s*<\/script>)/);
    for (const asset of ['swagger-ui-bundle.js', 'swagger-ui.css', 'swagger-ui-init.js']) {
      expect((await t.app.inject({ method: 'GET', url: `/docs/${asset}` })).statusCode).toBe(200);
    }
  });

  it('lists the errors where the type of a problem points to', async () => {
    const page = await t.app.inject({ method: 'GET', url: '/docs/errors' });
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(page.body).toContain('id="ACCESS.KEY_MISSING"');
  });
});
