import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../src/shared/embedded/postgres.js';
import { migrate } from '../../src/shared/database/data-source.js';
import { withDatabase } from './urls.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Administrator's URL of a PostgreSQL server of this test run; its database `template` is migrated. */
    postgresUrl: string;
  }
}

/** One real PostgreSQL for the whole test run; each test file gets a database of its own, copied from a template. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
  const postgres = await startPostgres({ dataDir });
  const template = withDatabase(postgres.adminUrl, 'template_signalbox');
  await withClient(postgres.adminUrl, (client) => client.query('create database template_signalbox'));
  await migrate(template);
  project.provide('postgresUrl', postgres.adminUrl);
  return async () => {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
