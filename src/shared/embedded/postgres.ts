import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { lockDataDir } from './data-dir.js';
import { EmbeddedError } from './embedded-error.js';
import { pickFreePort, requirePort } from './ports.js';
import { choosePostgresAccount, type PostgresAccount, type RootStrategy } from './postgres-account.js';
import { serverEnvironment } from './postgres-binaries.js';
import { lastLines, locateCluster, prepareCluster } from './postgres-cluster.js';
import {
  applicationUrl,
  administratorUrl,
  completeDatabase,
  requireSameCluster,
} from './postgres-database.js';
import { findSurvivor, readPostmaster, stopPostmaster } from './postmaster.js';
import { isAlive, waitUntil } from './processes.js';
import { ensureSecrets } from './secrets-file.js';

/** A running embedded PostgreSQL. */
export interface EmbeddedPostgres {
  /** Database `signalbox` as the role `signalbox`: its owner, no superuser, may create databases and roles. */
  readonly url: string;
  /** Database `signalbox` as the superuser; for tests and the operator, not for the application. */
  readonly adminUrl: string;
  readonly port: number;
  readonly pid: number;
  /** Whether the server of an earlier, killed launcher was taken over. */
  readonly adopted: boolean;
  /** Whether the database was created by this call. */
  readonly firstStart: boolean;
  /** Ends all sessions, shuts the server down and waits for it; a second call does nothing. */
  stop(): Promise<void>;
}

/** How to start the embedded PostgreSQL. */
export interface PostgresOptions {
  /** Made when missing. Holds the cluster, its log, and the generated password. */
  readonly dataDir: string;
  /** TCP port of 127.0.0.1; a free one is picked when absent. */
  readonly port?: number;
  /** Told what happens, a line at a time. */
  readonly log?: (line: string) => void;
  /** Which ways root may go, in order; for tests. */
  readonly rootStrategies?: readonly RootStrategy[];
}

/**
 * Starts PostgreSQL in a data directory of its own and locks that directory until `stop()`.
 * The server runs in a process group of its own, so that a Ctrl-C at the terminal doesn't reach it.
 * @throws EmbeddedError when it cannot be started, with what to do
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const lock = await lockDataDir(options.dataDir);
  try {
    const server = await startPostgresIn(lock.dataDir, options);
    return {
      ...server,
      stop: async () => {
        await server.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** As `startPostgres`, in a data directory (real path) whose lock the caller already holds. */
export async function startPostgresIn(
  dataDir: string,
  { port, log = () => undefined, rootStrategies }: Omit<PostgresOptions, 'dataDir'>,
): Promise<EmbeddedPostgres> {
  const { postgresPassword: password } = await ensureSecrets(dataDir);
  const account = await choosePostgresAccount(rootStrategies);
  const cluster = await locateCluster(account, dataDir);
  const survivor = await adoptable(account, cluster, port, password);
  const server = survivor ?? (await startServer({ account, cluster, port, password, dataDir, log }));
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= stopPostmaster(account, cluster, server.pid));
  try {
    const created = await completeDatabase(server.port, password);
    log(
      `PostgreSQL ${survivor ? 'was still running' : 'started'} (process ${server.pid}, port ${server.port})`,
    );
    const urls = {
      url: applicationUrl(server.port, password),
      adminUrl: administratorUrl(server.port, password),
    };
    return { ...urls, port: server.port, pid: server.pid, adopted: !!survivor, firstStart: created, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Launch {
  readonly account: PostgresAccount;
  readonly cluster: string;
  readonly port: number | undefined;
  readonly password: string;
  readonly dataDir: string;
  readonly log: (line: string) => void;
}

interface Running {
  readonly pid: number;
  readonly port: number;
}

async function adoptable(
  account: PostgresAccount,
  cluster: string,
  port: number | undefined,
  password: string,
): Promise<Running | undefined> {
  const survivor = await findSurvivor(cluster);
  if (!survivor) return undefined;
  await requireSameCluster(survivor, cluster, password);
  if (port === undefined || port === survivor.port) return survivor;
  await stopPostmaster(account, cluster, survivor.pid);
  return undefined;
}

async function startServer(launch: Launch): Promise<Running> {
  const { account, cluster, password, log } = launch;
  if (await prepareCluster(account, cluster, password)) log('PostgreSQL: database cluster created');
  for (let attempt = 1; ; attempt++) {
    const port = launch.port
      ? await requirePort(launch.port, 'SIGNALBOX_POSTGRES_PORT')
      : await pickFreePort();
    const outcome = await launchOnce(launch, port);
    if (typeof outcome !== 'string') return outcome;
    // Another program may have taken the picked port meanwhile; the processes of a killed server need a moment to end.
    const passing = /could not (bind|create any)|pre-existing shared memory|lock file ".*" already exists/;
    if (attempt === 20 || !passing.test(outcome)) {
      throw new EmbeddedError(
        `PostgreSQL didn't start (${lastLines(outcome)}). See ${join(launch.dataDir, 'postgres.log')}.`,
      );
    }
    await sleep(250);
  }
}

/** @returns the running server, or what it wrote to its log before it ended */
async function launchOnce(
  { account, cluster, dataDir, log }: Launch,
  port: number,
): Promise<Running | string> {
  const logFile = join(dataDir, 'postgres.log');
  const logStart = rotateLog(logFile);
  const child = spawnServer(account, cluster, port, logFile);
  let failure = '';
  child.once('error', (error) => (failure = error.message));
  const pid = child.pid;
  const isReady = () => readPostmaster(cluster)?.pid === pid && readPostmaster(cluster)?.status === 'ready';
  const ready = await waitUntil(() => failure !== '' || !pid || !isAlive(pid) || isReady(), 120_000);
  if (pid && ready && isReady()) {
    child.once('exit', (code, signal) => {
      log(`PostgreSQL (process ${pid}) ended${code === 0 ? '' : ` with ${signal ?? code}: see ${logFile}`}`);
    });
    return { pid, port };
  }
  if (pid && isAlive(pid)) await stopPostmaster(account, cluster, pid);
  return failure || readFileSync(logFile).subarray(logStart).toString();
}

function spawnServer(account: PostgresAccount, cluster: string, port: number, logFile: string): ChildProcess {
  const argv = [...account.prefix, account.binaries.postgres, '-D', cluster, '-p', String(port)];
  const [file = '', ...args] = [...argv, '-c', 'listen_addresses=127.0.0.1'];
  const output = openSync(logFile, 'a', 0o600);
  try {
    const child = spawn(file, args, {
      ...account.ids,
      cwd: dirname(cluster),
      detached: true,
      windowsHide: true,
      env: serverEnvironment(),
      stdio: ['ignore', output, output],
    });
    child.unref();
    return child;
  } finally {
    closeSync(output);
  }
}

/** Keeps the last 10 MB and as much before. @returns the length of the log before this start, in bytes */
function rotateLog(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size < 10 * 1024 * 1024) return size;
  renameSync(path, `${path}.1`);
  return 0;
}
