import { createHash } from 'node:crypto';
import { chown, cp, lchown, lstat, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { EmbeddedError } from './embedded-error.js';
import { binariesIn, findPostgres, type PostgresBinaries, runProgram } from './postgres-binaries.js';

/** Under which account the server's programs run: PostgreSQL refuses root. */
export interface PostgresAccount {
  readonly kind: 'own' | 'user-namespace' | 'nobody';
  readonly binaries: PostgresBinaries;
  /** Major version of the programs, for example 18. */
  readonly major: number;
  /** What stands before a program's path on its command line. */
  readonly prefix: readonly string[];
  /** Ids to switch to when the program is spawned; absent: stay who we are. */
  readonly ids?: { readonly uid: number; readonly gid: number };
}

const USER_NAMESPACE = ['unshare', '--user', '--map-user=1000', '--map-group=1000'] as const;
const NOBODY = { uid: 65534, gid: 65534 } as const;
const REACHABLE = '/var/tmp';

/** Overridable by tests: which strategies root may use. */
export type RootStrategy = 'user-namespace' | 'nobody';

/**
 * Chooses the first account that can run PostgreSQL here: our own; as root a user namespace, in which root's
 * files belong to an ordinary user; else `nobody`, with the programs copied to where it can reach them.
 * @throws EmbeddedError when none can, with what each one answered
 */
export async function choosePostgresAccount(
  rootStrategies: readonly RootStrategy[] = ['user-namespace', 'nobody'],
): Promise<PostgresAccount> {
  const binaries = await findPostgres();
  const failures: string[] = [];
  const isRoot = process.getuid?.() === 0;
  for (const kind of isRoot ? rootStrategies : (['own'] as const)) {
    const candidate = await candidateFor(kind, binaries);
    const probe = await runAs(candidate, candidate.binaries.postgres, ['--version']);
    const major = /\(PostgreSQL\) (\d+)/.exec(probe.stdout)?.[1];
    if (probe.code === 0 && major) return { ...candidate, major: Number(major) };
    failures.push(`${kind}: ${probe.stderr.trim().split('\n')[0]}`);
  }
  throw new EmbeddedError(
    `The embedded PostgreSQL cannot run here (${failures.join('; ')}). ` +
      (isRoot ? 'Start as an ordinary user instead of root, ' : 'Install the libraries that it misses, ') +
      'or set DATABASE_URL to a PostgreSQL of your own.',
  );
}

/** Runs one of the server's programs to its end under the account. */
export function runAs(
  account: Pick<PostgresAccount, 'prefix' | 'ids'>,
  program: string,
  args: readonly string[],
): ReturnType<typeof runProgram> {
  return runProgram([...account.prefix, program, ...args], { ...account.ids });
}

/** Gives a file or a folder with all that is in it to the account that the server runs under. */
export async function giveTo(account: PostgresAccount, path: string): Promise<void> {
  const uid = account.ids?.uid ?? process.getuid?.();
  if (process.getuid?.() !== 0 || uid === undefined) return;
  const gid = account.ids?.gid ?? process.getgid?.() ?? uid;
  const entry = await lstat(path);
  if (entry.uid === uid) return;
  if (entry.isDirectory()) {
    for (const name of await readdir(path)) await giveTo(account, join(path, name));
  }
  // The folder itself comes last: what was interrupted is begun again.
  await lchown(path, uid, gid);
}

/** Whether `nobody` may pass through every folder on the way to `path`. */
export async function isReachableByNobody(path: string): Promise<boolean> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** A folder of `nobody`'s own that stands for a data directory which it cannot reach. */
export async function reachableFolderFor(dataDir: string): Promise<string> {
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const folder = join(REACHABLE, `signalbox-data-${hash}`);
  await mkdir(folder, { mode: 0o700, recursive: true });
  await requireRootOrNobody(folder);
  await chown(folder, NOBODY.uid, NOBODY.gid);
  return folder;
}

async function candidateFor(
  kind: PostgresAccount['kind'],
  binaries: PostgresBinaries,
): Promise<Omit<PostgresAccount, 'major'>> {
  if (kind === 'own') return { kind, binaries, prefix: [] };
  if (kind === 'user-namespace') return { kind, binaries, prefix: USER_NAMESPACE };
  const reachable = await isReachableByNobody(binaries.home);
  return { kind, binaries: reachable ? binaries : await copyBinaries(binaries), prefix: [], ids: NOBODY };
}

async function copyBinaries(binaries: PostgresBinaries): Promise<PostgresBinaries> {
  const { size, mtimeMs } = await stat(binaries.postgres);
  const home = join(REACHABLE, `signalbox-postgres-${size}-${Math.trunc(mtimeMs)}`);
  const exists = await lstat(home).then(
    () => true,
    () => false,
  );
  if (!exists) {
    const draft = `${home}.${process.pid}`;
    await cp(binaries.home, draft, { recursive: true, verbatimSymlinks: true });
    await rename(draft, home).catch(() => rm(draft, { recursive: true, force: true }));
  }
  await requireRootOrNobody(home);
  return binariesIn(home);
}

/** The names are predictable and the parent is everyone's: never use what somebody else put there. */
async function requireRootOrNobody(folder: string): Promise<void> {
  const entry = await lstat(folder);
  if (entry.isDirectory() && (entry.uid === 0 || entry.uid === NOBODY.uid)) return;
  throw new EmbeddedError(
    `${folder} (${basename(folder)}) belongs to another user. Remove it, or set DATABASE_URL to a PostgreSQL of your own.`,
  );
}
