import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Does `work` while no other process of this project holds the lock `name`; waits for the other one to finish.
 * The lock of a process that has ended is taken over.
 * @template T
 * @param {string} root the project's folder
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withFileLock(root, name, work) {
  const folder = join(root, '.signalbox');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${name}.lock`);
  for (let told = false; !take(path); told = true) {
    if (!told)
      console.log(`waiting for another process (${readPid(path) ?? 'unknown'}) to finish its ${name}…`);
    await sleep(300);
  }
  const release = () => rmSync(path, { force: true });
  process.on('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

/** A link appears with its content or not at all, and fails when the name exists. */
function take(path) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isHeld(path)) clear(path);
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function clear(path) {
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
    // Between our look and the rename another one may have taken it: give it back.
    if (isHeld(aside)) linkSync(aside, path);
  } catch {
    // Someone else cleared it first.
  }
  rmSync(aside, { force: true });
}

function isHeld(path) {
  const pid = readPid(path);
  // Our own id can only be a predecessor's: in a container the same ids come back.
  if (pid === undefined || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function readPid(path) {
  try {
    return Number(readFileSync(path, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}
