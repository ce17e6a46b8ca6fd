import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { inject } from 'vitest';
import { createDataSource } from '../../src/shared/database/data-source.js';
import { Database } from '../../src/shared/database/database.js';
import { withDatabase } from './urls.js';

export interface TestDatabase {
  readonly dataSource: DataSource;
  readonly database: Database;
  /** As the owner. */
  readonly url: string;
  close(): Promise<void>;
}

/** A migrated database of its own on the test run's PostgreSQL; dropped by `close`. */
export async function testDatabase(): Promise<TestDatabase> {
  const admin = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await run(admin, `create database ${name} template template_signalbox`);
  const url = withDatabase(admin, name);
  const dataSource = await createDataSource({ url, pool: 10 }).initialize();
  return {
    dataSource,
    database: new Database(dataSource),
    url,
    close: async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
      await run(admin, `drop database if exists ${name} with (force)`);
    },
  };
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
