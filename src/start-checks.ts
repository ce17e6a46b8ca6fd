import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import type { DataSource } from 'typeorm';
import type { Config } from './shared/config/config.js';
import { StartError } from './start-error.js';

/** What BullMQ opens beside the pool when it keeps its queue in PostgreSQL: two pools of four, and one that listens. */
const queueConnections = 9;

/**
 * A Redis that evicts keys would lose jobs and locks without a word.
 * @throws StartError when it cannot be reached, or when its maxmemory-policy is not `noeviction`
 */
export async function requireSafeRedis(url: string | undefined): Promise<void> {
  if (!url) return;
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    connectTimeout: 5_000,
    retryStrategy: null,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const policy = /maxmemory_policy:(\S+)/.exec(await redis.info('memory'))?.[1];
    if (policy !== undefined && policy !== 'noeviction') {
      throw new StartError(
        `Redis has maxmemory-policy ${policy} and may drop jobs: set it to noeviction (CONFIG SET maxmemory-policy noeviction).`,
      );
    }
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(
      `Redis at REDIS_URL cannot be reached (${(error as Error).message}): start it, or unset REDIS_URL.`,
    );
  } finally {
    redis.disconnect();
  }
}

/**
 * The connections of this process must fit into what PostgreSQL allows.
 * @throws StartError
 */
export async function requireBudget(dataSource: DataSource, config: Config): Promise<void> {
  const [row] = await dataSource.query<{ allowed: number; reserved: number }[]>(
    `select current_setting('max_connections')::int as allowed,
       current_setting('superuser_reserved_connections')::int as reserved`,
  );
  const needed = config.database.pool + (config.redisUrl ? 0 : queueConnections) + 2;
  const allowed = (row?.allowed ?? 0) - (row?.reserved ?? 0);
  if (needed > allowed) {
    throw new StartError(
      `This process may open ${needed} connections and PostgreSQL allows ${allowed}: lower SIGNALBOX_DB_POOL or raise max_connections.`,
    );
  }
}

/** Looks before anything else is started. @throws StartError */
export async function requireFreePort({ host, port }: Config['http']): Promise<void> {
  if (port === 0) return;
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => reject(portProblem({ host, port }, error)));
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

/** What a failure to listen means to the one who starts the process; other errors as they are. */
export function portProblem({ host, port }: { host: string; port: number }, error: unknown): Error {
  const code = (error as { code?: string }).code;
  if (code === 'EADDRINUSE') {
    return new StartError(`Port ${port} of ${host} is in use: end what listens there, or set PORT.`);
  }
  if (code === 'EACCES') {
    return new StartError(`Port ${port} may not be opened by this user: set PORT above 1023.`);
  }
  if (code === 'EADDRNOTAVAIL') {
    return new StartError(`${host} is not an address of this machine: set HOST to one that is.`);
  }
  return error instanceof Error ? error : new StartError(`Port ${port} of ${host} cannot be had.`);
}

/** PostgreSQL does not answer. The URL's user and password are not repeated. */
export function unreachable({ database }: Config, error: Error): StartError {
  const { host, pathname } = new URL(database.url.reveal());
  const reason = error.message || (error as { code?: string }).code || 'no answer';
  return new StartError(
    `PostgreSQL at ${host}${pathname} cannot be reached (${reason}): start it, or set DATABASE_URL.`,
  );
}
