import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DataSource } from 'typeorm';
import { defineError } from '../kernel/coded-error.js';
import { GuardedClient } from './guarded-client.js';

export const MigrationsMissing = defineError(
  'DATABASE.MIGRATIONS_MISSING',
  'permanent',
  'No migration files were found: the deployment is incomplete.',
);

export interface DataSourceOptions {
  url: string;
  /** Connections at the most. */
  pool: number;
}

const migrationLockKey = 7_426_801;

/** The application's connections. Sessions that idle in a transaction are ended by the server after 60 s. */
export function createDataSource({ url, pool }: DataSourceOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    poolSize: pool,
    connectTimeoutMS: 2_000,
    applicationName: 'signalbox',
    logging: false,
    migrations: migrationFiles(),
    migrationsTableName: 'signalbox_migrations',
    migrationsTransactionMode: 'each',
    extra: {
      Client: GuardedClient,
      pipeline: true,
      idle_in_transaction_session_timeout: 60_000,
      statement_timeout: 30_000,
    },
  });
}

/**
 * Runs pending migrations under an advisory lock, so that processes that start together take turns. Waits at most 2 s
 * for a table's lock.
 * @returns the names of what was run
 * @throws DATABASE.MIGRATIONS_MISSING
 */
export async function migrate(url: string): Promise<string[]> {
  const dataSource = await createDataSource({ url, pool: 2 }).initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query('select pg_advisory_lock($1)', [migrationLockKey]);
    await dataSource.query(`set lock_timeout = '2s'`);
    const done = await dataSource.runMigrations();
    return done.map(({ name }) => name);
  } finally {
    await lock.query('select pg_advisory_unlock($1)', [migrationLockKey]);
    await lock.release();
    await dataSource.destroy();
  }
}

/** Names of migrations that the database does not have yet. */
export async function pendingMigrations(dataSource: DataSource): Promise<boolean> {
  return dataSource.showMigrations();
}

function migrationFiles(): string[] {
  const folder = migrationsFolder();
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  if (files.length === 0) throw MigrationsMissing({ details: { folder } });
  return files.map((name) => join(folder, name));
}

/** `migrations/` lies beside `src/` and `dist/`. */
function migrationsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (dirname(folder) !== folder) {
    const candidate = join(folder, 'migrations');
    if (existsSync(candidate)) return candidate;
    folder = dirname(folder);
  }
  throw MigrationsMissing();
}
