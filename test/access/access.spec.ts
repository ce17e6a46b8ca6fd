import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Action, type Role, roles, type Subject } from '../../src/shared/access/abilities.js';
import { Can, Public } from '../../src/shared/access/permissions.js';
import { startApplication, type TestApplication } from '../http/application.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

@Controller('admin/v1/sample')
class SampleController {
  @Get('runs')
  @Can('read', 'Run')
  runs() {
    return [];
  }

  @Get('raw/:id')
  @Can('read-raw', 'RawBody')
  raw(@Param('id') id: string) {
    return { id };
  }

  @Post('dead-letters/retry')
  @Can('retry', 'DeadLetter')
  retry() {
    return {};
  }

  @Delete('dead-letters')
  @Can('discard', 'DeadLetter')
  discard() {
    return {};
  }

  @Post('effects/resolve')
  @Can('resolve', 'Effect')
  resolveEffect() {
    return {};
  }

  @Post('approvals/resolve')
  @Can('resolve', 'Approval')
  resolveApproval() {
    return {};
  }

  @Post('policies')
  @Can('configure', 'Policy')
  configure() {
    return {};
  }

  @Get('audit')
  @Can('read', 'Audit')
  audit() {
    return [];
  }

  @Get('secrets')
  @Can('read', 'Secret')
  secrets() {
    return [];
  }

  @Post('secrets')
  @Can('manage', 'Secret')
  manageSecret() {
    return {};
  }
}

@Controller('webhooks/sample')
class OpenController {
  @Post()
  @Public('verifies a signature')
  accept() {
    return { accepted: true };
  }
}

const table: ReadonlyArray<readonly ['GET' | 'POST' | 'DELETE', string, readonly Role[]]> = [
  ['GET', '/admin/v1/sample/runs', ['viewer', 'operator', 'approver', 'editor', 'auditor']],
  ['GET', '/admin/v1/sample/raw/1', ['operator']],
  ['POST', '/admin/v1/sample/dead-letters/retry', ['operator']],
  ['DELETE', '/admin/v1/sample/dead-letters', ['operator']],
  ['POST', '/admin/v1/sample/effects/resolve', ['operator', 'approver']],
  ['POST', '/admin/v1/sample/approvals/resolve', ['approver']],
  ['POST', '/admin/v1/sample/policies', ['editor']],
  ['GET', '/admin/v1/sample/audit', ['auditor']],
  ['GET', '/admin/v1/sample/secrets', ['security-admin', 'auditor']],
  ['POST', '/admin/v1/sample/secrets', ['security-admin']],
  ['GET', '/admin/v1/api-keys', ['security-admin', 'auditor']],
];

let db: TestDatabase;
let t: TestApplication;

beforeAll(async () => {
  db = await testDatabase();
  t = await startApplication({ database: db.database, controllers: [SampleController, OpenController] });
});
afterAll(async () => {
  await t?.close();
  await db?.close();
});

async function auditOf(action: string): Promise<Array<Record<string, unknown>>> {
  const rows = await db.database.query<{ body: string }>(
    `select body from audit.entries where action = $1 order by seq`,
    [action],
  );
  return rows.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
}

describe('abilities over HTTP', () => {
  for (const role of roles) {
    it(`${role} reaches what the table gives, and nothing else`, async () => {
      const { authorization } = await t.keyWith(role);
      for (const [method, url, allowed] of table) {
        const { statusCode } = await t.app.inject({ method, url, headers: { authorization } });
        const expected = allowed.includes(role) ? (method === 'POST' ? 201 : 200) : 403;
        expect([method, url, statusCode]).toEqual([method, url, expected]);
      }
    });
  }

  it('a key without roles, or with one that is none, reaches nothing', async () => {
    const { authorization } = await t.keyWith('administrator' as Role);
    for (const [method, url] of table) {
      expect((await t.app.inject({ method, url, headers: { authorization } })).statusCode).toBe(403);
    }
  });

  it('no role is a wildcard, not even one that may manage', async () => {
    const { abilitiesOf } = await import('../../src/shared/access/abilities.js');
    const { can } = {
      can: (a: string, s: string) => abilitiesOf(['security-admin']).can(a as Action, s as Subject),
    };
    expect(can('manage', 'Secret')).toBe(true);
    expect(can('retry', 'Secret')).toBe(false);
    expect(can('manage', 'all')).toBe(false);
    expect(can('read-raw', 'RawBody')).toBe(false);
  });

  it('the refused request has an audit entry with the key that asked', async () => {
    const { authorization, id } = await t.keyWith('viewer');
    await t.app.inject({ method: 'POST', url: '/admin/v1/sample/policies', headers: { authorization } });
    const mine = (await auditOf('access.request-refused')).filter(({ actor }) => actor === `key:${id}`);
    expect(mine).toHaveLength(1);
    expect(mine[0]).toMatchObject({
      outcome: 'refused',
      details: { code: 'ACCESS.FORBIDDEN', method: 'POST', route: '/admin/v1/sample/policies' },
    });
  });

  it('a flood of refusals is bounded in the audit log', async () => {
    const { authorization, id } = await t.keyWith('viewer');
    for (let i = 0; i < 40; i++) {
      await t.app.inject({ method: 'GET', url: '/admin/v1/sample/audit', headers: { authorization } });
    }
    const mine = (await auditOf('access.request-refused')).filter(({ actor }) => actor === `key:${id}`);
    expect(mine).toHaveLength(30);
  });
});

describe('keys over HTTP', () => {
  it('without a key: 401 with a challenge, as a problem', async () => {
    const answer = await t.app.inject({ method: 'GET', url: '/admin/v1/sample/runs' });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="signalbox"');
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({
      status: 401,
      code: 'ACCESS.KEY_MISSING',
      type: '/docs/errors#ACCESS.KEY_MISSING',
    });
  });

  it('routes below /admin that do not exist are 404, public ones need no key', async () => {
    expect((await t.app.inject({ method: 'GET', url: '/admin/v1/nothing' })).statusCode).toBe(404);
    expect((await t.app.inject({ method: 'POST', url: '/webhooks/sample' })).statusCode).toBe(201);
  });

  it('a key with a wrong secret, or an unknown id, is refused and audited; the secret is not kept', async () => {
    const { authorization, id } = await t.keyWith('viewer');
    const wrong = `${authorization.slice(0, -4)}AAAA`;
    for (const header of [wrong, `Bearer sbx_000000000000_${'x'.repeat(43)}`]) {
      const answer = await t.app.inject({
        method: 'GET',
        url: '/admin/v1/sample/runs',
        headers: { authorization: header },
        remoteAddress: '198.51.100.1',
      });
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('invalid_token');
    }
    const [entry] = (await auditOf('access.request-refused')).filter(
      ({ subject }) => subject === `api-key:${id}`,
    );
    expect(entry).toMatchObject({ actor: 'anonymous', details: { code: 'ACCESS.KEY_INVALID' } });
    expect(JSON.stringify(entry)).not.toContain('198.51.100.1');
    expect(JSON.stringify(entry)).not.toContain(wrong.slice(-20));
  });

  it.each(['Basic abc', 'Bearer', 'bearer  ', 'sbx_a_b', 'Bearer a b'])(
    'what is no bearer key is none: %s',
    async (value) => {
      const answer = await t.app.inject({
        method: 'GET',
        url: '/admin/v1/sample/runs',
        headers: { authorization: value },
      });
      expect(answer.statusCode).toBe(401);
    },
  );

  it('guessing is limited by source, with Retry-After, and other sources are not touched', async () => {
    const send = (authorization: string, remoteAddress: string) =>
      t.app.inject({
        method: 'GET',
        url: '/admin/v1/sample/runs',
        headers: { authorization },
        remoteAddress,
      });
    const good = await t.keyWith('viewer');
    const codes: number[] = [];
    for (let i = 0; i < 12; i++) {
      codes.push((await send(`Bearer sbx_${i}_${'y'.repeat(43)}`, '2001:db8:1:2::1')).statusCode);
    }
    expect(codes).toEqual([...Array(10).fill(401), 429, 429]);
    const limited = await send(good.authorization, '2001:db8:1:2:ffff::9');
    expect(limited.statusCode).toBe(429);
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    expect((await send(good.authorization, '2001:db8:1:3::1')).statusCode).toBe(200);
    // Known by now, the key isn't looked up and so not held back.
    expect((await send(good.authorization, '2001:db8:1:2::1')).statusCode).toBe(200);
  });

  it('a revoked key fails within five seconds, though it was cached', async () => {
    const { authorization, id } = await t.keyWith('viewer');
    const get = async () =>
      (await t.app.inject({ method: 'GET', url: '/admin/v1/sample/runs', headers: { authorization } }))
        .statusCode;
    expect(await get()).toBe(200);
    await db.database.query(`update access.api_keys set revoked_at = now() where id = $1`, [id]);
    t.monotonic.now += 3_000;
    expect(await get()).toBe(200);
    t.monotonic.now += 1_999;
    expect(await get()).toBe(401);
  });

  it('a key is not cached beyond its expiry', async () => {
    const { authorization, id } = await t.keyWith('viewer');
    await db.database.query(
      `update access.api_keys set expires_at = now() + interval '1.5 seconds' where id = $1`,
      [id],
    );
    const get = async () =>
      (await t.app.inject({ method: 'GET', url: '/admin/v1/sample/runs', headers: { authorization } }))
        .statusCode;
    expect(await get()).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    t.monotonic.now += 1_600;
    expect(await get()).toBe(401);
  });
});
