import { realpath } from 'node:fs/promises';

import pg from 'pg';

import { EmbeddedError } from './embedded-error.js';
import { ADMIN_ROLE } from './postgres-cluster.js';
import type { Postmaster } from './postmaster.js';

const NAME = 'signalbox';

/** URL of the application's role and database. */
export function applicationUrl(port: number, password: string): string {
  return url(NAME, password, port, NAME);
}

/** URL of the superuser in the application's database. */
export function administratorUrl(port: number, password: string): string {
  return url(ADMIN_ROLE, password, port, NAME);
}

/**
 * Creates the application's role and database where they are missing.
 * The role is what a production database would give: owner of its database, never a superuser,
 * so that a right which was forgotten is missed here too.
 * @returns whether the database was created now
 */
export async function completeDatabase(port: number, password: string): Promise<boolean> {
  return withAdministrator(port, password, async (client) => {
    const role = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [NAME]);
    if (role.rowCount === 0) {
      const literal = client.escapeLiteral(password);
      await client.query(`CREATE ROLE ${NAME} LOGIN CREATEDB CREATEROLE PASSWORD ${literal}`);
    }
    const database = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [NAME]);
    if (database.rowCount !== 0) return false;
    await client.query(`GRANT pg_monitor TO ${NAME}`);
    await client.query(`CREATE DATABASE ${NAME} OWNER ${NAME}`);
    return true;
  });
}

/**
 * Proves that a server which was found running is ours.
 * @throws EmbeddedError when it refuses our password or serves another folder
 */
export async function requireSameCluster(
  server: Postmaster,
  cluster: string,
  password: string,
): Promise<void> {
  const folder = await withAdministrator(server.port, password, async (client) => {
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory ?? '';
  });
  if ((await realpath(folder)) === (await realpath(cluster))) return;
  throw new EmbeddedError(
    `The PostgreSQL on port ${server.port} serves ${folder} instead of ${cluster}. Stop it, then start again.`,
  );
}

async function withAdministrator<T>(
  port: number,
  password: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url(ADMIN_ROLE, password, port, 'postgres') });
  // Otherwise a connection that breaks between two queries would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    if (error instanceof EmbeddedError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new EmbeddedError(
      `The embedded PostgreSQL on port ${port} refuses its administrator (${reason}). ` +
        'If secrets.json was replaced, restore the one that belongs to this data directory.',
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

function url(user: string, password: string, port: number, database: string): string {
  return `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}
