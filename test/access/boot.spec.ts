import { Controller, Get, Post, type Type } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Action, Subject } from '../../src/shared/access/abilities.js';
import { FlowPrincipals } from '../../src/shared/access/flow-principals.js';
import { Can, Public } from '../../src/shared/access/permissions.js';
import { startApplication } from '../http/application.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

@Controller('admin/v1/forgotten')
class Forgotten {
  @Get('list')
  list() {
    return [];
  }

  @Get('fine')
  @Can('read', 'Run')
  fine() {
    return [];
  }

  @Post(':id')
  change() {
    return {};
  }
}

@Controller('admin/v1/open')
class OpenBelowAdmin {
  @Get()
  @Public('by mistake')
  get() {
    return [];
  }
}

@Public('everything')
@Controller('both')
class Both {
  @Get()
  @Can('read', 'Run')
  get() {
    return [];
  }
}

@Controller('unreachable')
class Unreachable {
  @Get()
  @Can('discard', 'Audit')
  get() {
    return [];
  }

  @Get('other')
  @Can('explode' as Action, 'World' as Subject)
  other() {
    return [];
  }
}

@Controller('reason')
class NoReason {
  @Get()
  @Public(' ')
  get() {
    return [];
  }
}

describe('the boot check', () => {
  let db: TestDatabase;
  beforeAll(async () => void (db = await testDatabase()));
  afterAll(() => db?.close());

  const boot = (controller: Type<unknown>) =>
    startApplication({ database: db.database, controllers: [controller] });

  it('names every route without a policy, and not the others', async () => {
    const error = await boot(Forgotten).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('/admin/v1/forgotten/list (Forgotten.list) has neither @Can nor @Public');
    expect(String(error)).toContain(
      '/admin/v1/forgotten/:id (Forgotten.change) has neither @Can nor @Public',
    );
    expect(String(error)).not.toContain('fine');
  });

  it.each([
    [OpenBelowAdmin, /\/admin\/v1\/open \(OpenBelowAdmin\.get\) is public below \/admin/],
    [Both, /\/both \(Both\.get\) has both @Can and @Public/],
    [Unreachable, /needs discard Audit, which no role gives[^]*needs explode World, which no role gives/],
    [NoReason, /\/reason \(NoReason\.get\) is public for no reason/],
  ])('refuses %o', async (controller, message) => {
    await expect(boot(controller)).rejects.toThrow(message);
  });
});

describe('flows as principals', () => {
  it('a flow sends what it declares, and nothing else', () => {
    const flows = new FlowPrincipals();
    flows.register('new-lead', ['crm.upsert-contact.v1']);
    expect(() => flows.assertMaySend('new-lead', 'crm.upsert-contact.v1')).not.toThrow();
    expect(() => flows.assertMaySend('new-lead', 'billing.void-invoice.v1')).toThrow(
      expect.objectContaining({ code: 'ACCESS.COMMAND_NOT_DECLARED', kind: 'forbidden' }),
    );
    expect(() => flows.assertMaySend('unknown', 'crm.upsert-contact.v1')).toThrow(/does not declare/);
    expect(() => flows.register('new-lead', [])).toThrow(/twice/);
  });
});
