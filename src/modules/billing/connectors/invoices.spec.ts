import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { withSandbox } from '../../../../test/support/sandbox-under-test.js';
import { StripeWorld } from '../../../../test/support/stripe-world.js';
import { XeroWorld } from '../../../../test/support/xero-world.js';
import { invoicesConformance } from './conformance.js';

const sandbox = withSandbox();
let db: TestDatabase;
beforeAll(async () => (db = await testDatabase()));
afterAll(() => db.close());
beforeEach(async () => {
  await db.database.query(`delete from billing.oauth_grants`);
});

describe('XeroInvoices, as every adapter', () => {
  it.each(invoicesConformance)('$name', async ({ run }) => run(new XeroWorld(sandbox, db)));
});

describe('StripeInvoices, as every adapter', () => {
  it.each(invoicesConformance)('$name', async ({ run }) => run(new StripeWorld(sandbox)));
});
