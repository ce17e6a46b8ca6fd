import { readFileSync, readlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { EmbeddedError } from './embedded-error.js';
import { type PostgresAccount, runAs } from './postgres-account.js';
import { commandLine, endProcess, isAlive, waitUntil } from './processes.js';

/** What a server says about itself in `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly status: 'starting' | 'ready' | 'stopping';
}

/** The server that runs in a cluster's folder, or undefined when none does (whatever the file says). */
export function readPostmaster(cluster: string): Postmaster | undefined {
  const lines = readPidFile(cluster);
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !serves(pid, cluster)) return undefined;
  const status = lines[7]?.trim() ?? 'starting';
  return {
    pid,
    port: Number(lines[3]),
    status: status === 'ready' || status === 'stopping' ? status : 'starting',
  };
}

/**
 * The server that a killed launcher left behind, once it answers; one that is stopping is waited for.
 * A pid file whose process has ended, or is now another program's, is removed.
 * @throws EmbeddedError when a server is there and neither becomes ready nor ends within a minute
 */
export async function findSurvivor(cluster: string): Promise<Postmaster | undefined> {
  const settled = () => {
    const found = readPostmaster(cluster);
    return !found || found.status === 'ready';
  };
  if (!(await waitUntil(settled, 60_000))) {
    const pid = readPostmaster(cluster)?.pid;
    throw new EmbeddedError(
      `A PostgreSQL (process ${pid}) runs in ${cluster} but doesn't become ready. See postgres.log, or end that process.`,
    );
  }
  const survivor = readPostmaster(cluster);
  if (!survivor) await rm(join(cluster, 'postmaster.pid'), { force: true });
  return survivor;
}

/**
 * Shuts a server down: sessions are ended, everything is written; after 30 s without cleaning up
 * (the next start recovers). Returns when its process has ended.
 * @throws EmbeddedError when it cannot be ended
 */
export async function stopPostmaster(account: PostgresAccount, cluster: string, pid: number): Promise<void> {
  if (!serves(pid, cluster)) return;
  if (process.platform === 'win32') {
    await runAs(account, account.binaries.pgCtl, ['stop', '-D', cluster, '-m', 'fast', '-w']);
  }
  const ended =
    !isAlive(pid) ||
    (await endProcess(pid, [
      ['SIGINT', 30_000],
      ['SIGQUIT', 10_000],
    ]));
  if (!ended) throw new EmbeddedError(`PostgreSQL (process ${pid}) doesn't stop. End that process.`);
}

/** Whether the process is a PostgreSQL of this folder, rather than a later program with the same id. */
function serves(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false;
  const command = commandLine(pid);
  if (command === '') return process.platform === 'win32';
  return command.includes('postgres') && (command.includes(cluster) || workingFolder(pid) === cluster);
}

/** The server works in its cluster's folder, also after that was renamed. Linux only; else empty. */
function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

function readPidFile(cluster: string): string[] {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}
