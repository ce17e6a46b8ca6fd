import { createConfig, lintFromString } from '@redocly/openapi-core';
import openapiTs, { astToString } from 'openapi-typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roles, rolesThatCan, type Action, type Subject } from '../../src/shared/access/abilities.js';
import { newId } from '../../src/shared/kernel/ids.js';
import { AdminUnderTest } from './support.js';

let t: AdminUnderTest;

beforeAll(async () => {
  t = await AdminUnderTest.start();
});
afterAll(() => t?.close());

interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly url: string;
  readonly permission: { action: Action; subject: Subject } | undefined;
}

function adminRoutes(): Route[] {
  return Object.entries(t.document().paths)
    .filter(([path]) => path.startsWith('/admin/'))
    .flatMap(([path, item]) =>
      (['get', 'post', 'put', 'delete'] as const)
        .filter((method) => item[method])
        .map((method) => ({
          method: method.toUpperCase() as Route['method'],
          path,
          url: path.replace(/\{(\w+)\}/g, (_, name: string) => (name === 'id' ? newId() : 'no-such')),
          permission: (item[method] as { 'x-permission'?: Route['permission'] })['x-permission'],
        })),
    );
}

/** What the recommended rules ask for and this API does not have to have. */
const notApplicable = {
  'info-license': 'off', // of the product, not of its interface
  'no-server-example.com': 'off', // it is tested on this machine
  'operation-4xx-response': 'off', // webhooks: each provider's own
  'security-defined': 'off', // webhooks have signatures instead of keys
} as const;

describe('the OpenAPI document', () => {
  it('is valid 3.1, with unique operation ids, no unused and no broken references', async () => {
    const document = t.document();
    expect(document.openapi).toBe('3.1.0');
    const config = await createConfig({ extends: ['recommended'], rules: notApplicable });
    const source = JSON.stringify(document);
    const problems = await lintFromString({ source, config, absoluteRef: 'openapi.json' });
    expect(
      problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer} ${message}`),
    ).toEqual([]);
  });

  it('makes TypeScript types', async () => {
    const types = astToString(await openapiTs(JSON.stringify(t.document())));
    expect(types).toContain('Runs_list');
    expect(types).toMatch(/finishedAt: string \| null/);
    expect(types).toMatch(/kind: "leased" \| "queued"/);
  });

  it('says of every operation what it does, what it answers, and who may', () => {
    const document = t.document();
    for (const { method, path, permission } of adminRoutes()) {
      const operation = document.paths[path]![method.toLowerCase() as 'get']!;
      const name = `${method} ${path}`;
      expect(operation.summary, name).toBeTruthy();
      expect(operation.tags?.length, name).toBe(1);
      expect(permission, name).toBeDefined();
      const success = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
      expect(success, name).toHaveLength(1);
      if (success[0]![0] !== '204') expect(success[0]![1], name).toHaveProperty('content');
    }
  });
});

describe('every admin route', () => {
  it('is closed without a key', async () => {
    const routes = adminRoutes();
    expect(routes.length).toBeGreaterThan(30);
    for (const { method, path, url } of routes) {
      const { status } = await t.call(undefined, method, url);
      expect([method, path, status]).toEqual([method, path, 401]);
    }
  });

  it.each(roles)('lets a %s in where its x-permission says so, and nowhere else', async (role) => {
    for (const { method, path, url, permission } of adminRoutes()) {
      const { status } = await t.call(role, method, url);
      const may = rolesThatCan(permission!.action, permission!.subject).includes(role);
      expect([method, path, status === 403]).toEqual([method, path, !may]);
      expect(status, `${method} ${path}`).toBeLessThan(500);
      expect(status, `${method} ${path}`).not.toBe(401);
    }
  });

  it('that changes something is closed to who may only read, and what people wrote is open to operators alone', () => {
    for (const { method, path, permission } of adminRoutes()) {
      const allowed = rolesThatCan(permission!.action, permission!.subject);
      const readers = allowed.filter((role) => role === 'viewer' || role === 'auditor');
      if (method !== 'GET') expect([method, path, readers]).toEqual([method, path, []]);
      if (/\/(raw|state|payload)$/.test(path)) expect([path, allowed]).toEqual([path, ['operator']]);
    }
  });
});
