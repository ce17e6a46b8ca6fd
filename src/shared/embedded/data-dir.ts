import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { EmbeddedError, systemCode } from './embedded-error.js';
import { isSameProcess, processIdentity } from './processes.js';

/** The right to use a data directory, held until `release()`. */
export interface DataDirLock {
  readonly dataDir: string;
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly identity: string;
}

const heldHere = new Set<string>();

/**
 * Creates the data directory when it is missing (mode 700), proves that it can be written,
 * and locks it for this process. The lock of a process that has ended is taken over.
 * @returns the lock, with the directory's real absolute path
 * @throws EmbeddedError when it cannot be used or another running Signalbox holds it
 */
export async function lockDataDir(directory: string): Promise<DataDirLock> {
  const dataDir = await openDataDir(directory);
  const path = join(dataDir, 'launcher.lock');
  const draft = `${path}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) }));
  try {
    await takeLock(path, draft, dataDir);
  } finally {
    await rm(draft, { force: true });
  }
  heldHere.add(dataDir);
  return { dataDir, release: () => releaseLock(path, dataDir) };
}

/** Writes a file that is either there as a whole or not at all; readable by its owner only. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(draft, text, { mode: 0o600, flush: true });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function openDataDir(directory: string): Promise<string> {
  try {
    const created = await mkdir(directory, { recursive: true, mode: 0o700 });
    const dataDir = await realpath(directory);
    if (created !== undefined) await chmod(dataDir, 0o700);
    const probe = join(dataDir, `.probe-${randomBytes(4).toString('hex')}`);
    await writeFile(probe, '');
    await rm(probe);
    return dataDir;
  } catch (error) {
    throw new EmbeddedError(
      `The data directory ${directory} cannot be used (${systemCode(error) || String(error)}). ` +
        'Make it a folder that this user may read and write, or name another one in SIGNALBOX_DATA_DIR.',
    );
  }
}

async function takeLock(path: string, draft: string, dataDir: string): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      // link fails when the name exists: the lock appears with its content, or not at all.
      return await link(draft, path);
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    await clearStaleLock(path, dataDir);
  }
  throw inUse(dataDir, undefined);
}

async function clearStaleLock(path: string, dataDir: string): Promise<void> {
  const seen = await readFile(path, 'utf8').catch(() => undefined);
  if (seen === undefined) return;
  const holder = parseHolder(seen);
  if (holder && holds(holder, dataDir)) throw inUse(dataDir, holder);
  const aside = `${path}.stale-${randomBytes(4).toString('hex')}`;
  await rename(path, aside).catch(() => undefined);
  const moved = await readFile(aside, 'utf8').catch(() => seen);
  // Someone else cleared the stale one first, and this is their fresh lock: give it back.
  if (moved !== seen) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

/** In a container the same small process id comes back at every start: one's own id isn't another's lock. */
function holds(holder: Holder, dataDir: string): boolean {
  if (holder.pid === process.pid) return heldHere.has(dataDir);
  return isSameProcess(holder.pid, holder.identity);
}

async function releaseLock(path: string, dataDir: string): Promise<void> {
  if (!heldHere.delete(dataDir)) return;
  const holder = parseHolder(await readFile(path, 'utf8').catch(() => ''));
  if (holder?.pid === process.pid) await rm(path, { force: true });
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, identity } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === 'number' ? { pid, identity: identity ?? '' } : undefined;
  } catch {
    return undefined;
  }
}

function inUse(dataDir: string, holder: Holder | undefined): EmbeddedError {
  const who = holder ? `process ${holder.pid}` : 'several of them are starting at once';
  return new EmbeddedError(
    `The data directory ${dataDir} is in use by another Signalbox (${who}). ` +
      'Stop that one, or give this one a directory of its own with SIGNALBOX_DATA_DIR.',
  );
}
