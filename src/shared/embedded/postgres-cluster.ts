import { randomBytes } from 'node:crypto';
import {
  access,
  appendFile,
  chmod,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { writePrivateFile } from './data-dir.js';
import { EmbeddedError } from './embedded-error.js';
import {
  giveTo,
  isReachableByNobody,
  type PostgresAccount,
  reachableFolderFor,
  runAs,
} from './postgres-account.js';

/** The administrator's role; the application gets one without its rights. */
export const ADMIN_ROLE = 'postgres';

const SETTINGS = `
# Written at every start. For settings of your own use ALTER SYSTEM, which wins over this file.
max_connections = 100
shared_buffers = 256MB
fsync = on
synchronous_commit = on
wal_compression = on
random_page_cost = 1.1
max_wal_size = 2GB
jit = off
autovacuum_naptime = 10s
unix_socket_directories = ''
password_encryption = scram-sha-256
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
lc_messages = 'C'
`;

/**
 * Where the cluster of a data directory lies: in its folder `postgres`, or where `postgres.location` says,
 * which is written when the server must run as `nobody` and cannot reach the data directory.
 * @throws EmbeddedError when a cluster exists where the account cannot reach it
 */
export async function locateCluster(account: PostgresAccount, dataDir: string): Promise<string> {
  const note = join(dataDir, 'postgres.location');
  const noted = (await readFile(note, 'utf8').catch(() => '')).trim();
  if (noted) return noted;
  const cluster = join(dataDir, 'postgres');
  if (account.kind !== 'nobody') return cluster;
  if (await isReachableByNobody(dataDir)) {
    // Passing through is enough: what lies inside keeps its own mode.
    await chmod(dataDir, 0o711);
    return cluster;
  }
  if (await exists(cluster)) {
    throw new EmbeddedError(
      `The database in ${cluster} cannot be reached by the account "nobody", under which PostgreSQL has to run here. ` +
        'Move the data directory to where every user may pass, or start as an ordinary user.',
    );
  }
  const elsewhere = join(await reachableFolderFor(dataDir), 'postgres');
  await writePrivateFile(note, `${elsewhere}\n`);
  return elsewhere;
}

/**
 * Makes the cluster ready to be started: initialised when it is missing, settings written.
 * @returns whether it was initialised now
 * @throws EmbeddedError when initdb fails, or it was made by another major version
 */
export async function prepareCluster(
  account: PostgresAccount,
  cluster: string,
  password: string,
): Promise<boolean> {
  await removeHalfFinished(cluster);
  const isNew = !(await exists(cluster));
  if (isNew) await initialise(account, cluster, password);
  else await requireMajor(cluster, account.major);
  const settings = join(cluster, 'signalbox.conf');
  await writeFile(settings, SETTINGS.trimStart());
  await giveTo(account, cluster);
  await giveTo(account, settings);
  return isNew;
}

/** initdb works in a sibling that is renamed when it has finished: a kill in the middle leaves no cluster at all. */
async function initialise(account: PostgresAccount, cluster: string, password: string): Promise<void> {
  const draft = `${cluster}.init-${randomBytes(4).toString('hex')}`;
  const passwordFile = join(draft, 'password');
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await giveTo(account, draft);
  const { code, stderr } = await runAs(account, account.binaries.initdb, [
    `--pgdata=${join(draft, 'cluster')}`,
    `--username=${ADMIN_ROLE}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    '--no-instructions',
  ]);
  if (code !== 0) {
    await rm(draft, { recursive: true, force: true });
    throw new EmbeddedError(
      `PostgreSQL could not initialise ${cluster} (${lastLines(stderr)}). ` +
        'Make room on the disk, or name another folder in SIGNALBOX_DATA_DIR.',
    );
  }
  await appendFile(join(draft, 'cluster', 'postgresql.conf'), "\ninclude_if_exists = 'signalbox.conf'\n");
  await rename(join(draft, 'cluster'), cluster);
  await syncFolder(dirname(cluster));
  await rm(draft, { recursive: true, force: true });
}

async function removeHalfFinished(cluster: string): Promise<void> {
  const folder = dirname(cluster);
  const drafts = (await readdir(folder)).filter((name) => name.startsWith(`${basename(cluster)}.init-`));
  // An initdb that outlived its launcher may still write there: then the next start removes it.
  const remove = (name: string) => rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 });
  await Promise.all(drafts.map((name) => remove(name).catch(() => undefined)));
}

async function requireMajor(cluster: string, major: number): Promise<void> {
  const text = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => '');
  const found = text.trim();
  if (found === String(major)) return;
  const what = found ? `was made by PostgreSQL ${found}` : 'is not a PostgreSQL database';
  throw new EmbeddedError(
    `${cluster} ${what}, and this Signalbox brings PostgreSQL ${major}. ` +
      'Start the release that made it and export the data, or move the folder away to begin with an empty database.',
  );
}

/** The end of a program's output on one line, for a message. */
export function lastLines(text: string, count = 3): string {
  return text.trim().split('\n').slice(-count).join(' | ').slice(-500) || 'no output';
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
